// The behaviours of memslot_churn: slots that come, go, move and change their flags.
#pragma once

#include "kvm/suite.hpp"

namespace kproof::kvm::churn {

// Deletes the slot and makes it again: how KVM wants KVM_MEM_READONLY to be changed.
void remake(Machine& machine, unsigned flags);

// Where the region is moved to, and an address by which the guest maps that place, once map_moved()
// was called.
Gpa moved_gpa(const Machine& machine);
inline constexpr Gva kMovedGva = kRegionGva + (Gva{1} << 39);
void map_moved(Machine& machine);

// churn_slots.cpp: the vCPU stands while the host acts
void deleted(Context&, lib::Check&);
void moved(Context&, lib::Check&);
void read_only(Context&, lib::Check&);

// churn_dirty.cpp
void logged(Context&, lib::Check&);
void logged_after_mprotect(Context&, lib::Check&);
void cleared_by_hand(Context&, lib::Check&);

// churn_copy.cpp: a vCPU runs
void copied_by_log(Context&, lib::Check&);
void copied_by_cleared_log(Context&, lib::Check&);

// churn_race.cpp: the vCPUs run
void writes_among_changes(Context&, lib::Check&);

}  // namespace kproof::kvm::churn
