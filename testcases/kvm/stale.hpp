// The behaviours of stale_mapping: the guest's view of its memory is the host's view of the mapping
// behind it, whatever the host does to that mapping. The same subtests for each backing.
#pragma once

#include "kvm/suite.hpp"

namespace kproof::kvm::stale {

// Words of the region that stand for all: at both ends, at entries' borders, and in the middle.
std::vector<std::size_t> some_words(const Machine& machine);

// The guest's write of `word` goes through, and the host sees it.
bool expect_lands(Machine& machine, lib::Check& check, std::size_t word, std::uint64_t value,
                  const char* when);
// The guest's write of `word` is refused, and the host, if it may read, sees the old value.
bool expect_refused(Machine& machine, lib::Check& check, std::size_t word, const char* when);

// stale_rights.cpp: the vCPU stands while the host acts
void write_after_read_only(Context&, lib::Check&);
void access_after_none(Context&, lib::Check&);
void data_survives_toggles(Context&, lib::Check&);
void half_the_range(Context&, lib::Check&);
void half_an_entry(Context&, lib::Check&);

// stale_remap.cpp: other memory, or none
void unmapped(Context&, lib::Check&);
void replaced(Context&, lib::Check&);
void dropped(Context&, lib::Check&);

// stale_merged.cpp: pages of one content are one page
void merged(Context&, lib::Check&);

// stale_race.cpp: the vCPU runs while the host acts
void running_meets_read_only(Context&, lib::Check&);
void running_meets_none(Context&, lib::Check&);
void preempted_meets_read_only(Context&, lib::Check&);
void running_sees_replaced(Context&, lib::Check&);

}  // namespace kproof::kvm::stale
