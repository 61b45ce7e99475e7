// The behaviours of kvm/invalidation, and what they share.
#pragma once

#include <cstdint>
#include <functional>
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
// Each word of the region is mapped by SPTEs then.
bool fill(Machine& machine, lib::Check& check);

// invalidation_changes.cpp: parts of a region, and all of it, change.
void read_only(Context& context, lib::Check& check);
void none(Context& context, lib::Check& check);
void dropped(Context& context, lib::Check& check);
void unmapped(Context& context, lib::Check& check);
void replaced(Context& context, lib::Check& check);
void moved(Context& context, lib::Check& check);
void forked(Context& context, lib::Check& check);
void write_protected(Context& context, lib::Check& check);

// A zap that yields leaves others behind who may still use what it has zapped: before each yield it
// must ask for a flush. How many yields there are is a matter of the machine: several zaps, until
// they are enough to tell.
void yields(Context& context, lib::Check& check);

}  // namespace kproof::kvm::invalidation
