// The behaviours of kvm/invalidation, and what they share.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "kvm/invalidation_recorder.hpp"
#include "kvm/suite.hpp"
#include "kvm/yields.hpp"

namespace kproof::kvm::invalidation {

struct Context : kvm::Context {
  InvalidationRecorder& recorder;
  const YieldCounter& yields;
};

// What there was, and what a change left of it.
struct Change {
  std::vector<HvaRange> ranges;  // that the notifier was called for, and that touch the region
  std::uint64_t zapped;          // SPTEs; more than there were if there are more now
  std::uint64_t requests;        // for flushes
};

HvaRange range_of(const char* start, std::size_t length);
// What `act` changes of the machine's region.
Change watch(Machine& machine, InvalidationRecorder& recorder, const std::function<void()>& act);
// The notifier was called for `changed`, and KVM has asked for a flush behind each call.
void expect_ranges(lib::Check& check, const Change& change, const HvaRange& changed,
                   const std::string& what);
void expect_flushes(lib::Check& check, const Stats& stats, const Change& change,
                    const std::string& what);

// Each errno, or 0. What is done to the whole region before the guest uses it; and the one system
// call that changes `length` bytes at `start`.
using Prepare = std::function<int(const mm::Region& region)>;
using Act = std::function<int(char* start, std::size_t length)>;

// All of the region, its halves, and single entries at both ends and in the middle.
void change_parts(
    Context& context, lib::Check& check, const Act& act,
    const Prepare& prepare = [](const mm::Region&) { return 0; });
int error_of(int result);

// invalidation_changes.cpp
void read_only(Context& context, lib::Check& check);
void none(Context& context, lib::Check& check);
void dropped(Context& context, lib::Check& check);
void lazily_freed(Context& context, lib::Check& check);
void removed(Context& context, lib::Check& check);
void unmapped(Context& context, lib::Check& check);
void replaced(Context& context, lib::Check& check);
void write_protected(Context& context, lib::Check& check);
// invalidation_moves.cpp
void moved(Context& context, lib::Check& check);
void moved_by_userfaultfd(Context& context, lib::Check& check);
// invalidation_merged.cpp
void merged(Context& context, lib::Check& check);
// invalidation_whole.cpp
void forked(Context& context, lib::Check& check);
void soft_dirty_cleared(Context& context, lib::Check& check);

// A zap that yields leaves others behind who may still use what it has zapped: before each yield it
// must ask for a flush. How many yields there are is a matter of the machine: several zaps, until
// they are enough to tell.
void yields(Context& context, lib::Check& check);

}  // namespace kproof::kvm::invalidation
