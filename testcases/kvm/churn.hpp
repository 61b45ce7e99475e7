// The behaviours of memslot_churn: slots that come, go, move and change their flags.
#pragma once

#include "kvm/dirty_log.hpp"
#include "kvm/suite.hpp"

namespace kproof::kvm::churn {

// Deletes the slot and makes it again: how KVM wants KVM_MEM_READONLY to be changed.
void remake(Machine& machine, unsigned flags);

// The region is moved to gpa_behind(): an address by which the guest maps that place and a page
// behind it, once map_moved() was called.
inline constexpr Gva kMovedGva = kRegionGva + (Gva{1} << 39);
void map_moved(Machine& machine);

// The guest finds what fill() wrote (suite.hpp), from `gva` on.
void expect_words(Machine& machine, lib::Check& check, Gva gva, const char* when);

// What a race must have met at least, to show something.
inline constexpr unsigned kFewestRounds = 8;

// churn_slots.cpp: the vCPU stands while the host acts
void deleted(Context&, lib::Check&);
void deleted_alone(Context&, lib::Check&);
void moved(Context&, lib::Check&);
void moved_by_a_page(Context&, lib::Check&);
void ends_amid_entries(Context&, lib::Check&);
void read_only(Context&, lib::Check&);

// churn_refused.cpp
void made_read_only(Context&, lib::Check&);
void overlapping(Context&, lib::Check&);

// churn_dirty.cpp
// The guest writes every `step`-th word, from `first` on.
bool write_some(Machine& machine, lib::Check& check, std::size_t first, std::size_t step);
DirtyLog start_log(Machine& machine);
// Each of these words' pages is in the log.
void expect_logged(const Machine& machine, const DirtyLog& log, lib::Check& check,
                   std::size_t first, std::size_t step, const char* when);

void logged(Context&, lib::Check&);
void logged_after_mprotect(Context&, lib::Check&);
void cleared_by_hand(Context&, lib::Check&);
void cleared_to_the_end(Context&, lib::Check&);
void cleared_beyond(Context&, lib::Check&);

// churn_own.cpp: nobody's SPTE takes part
void logged_of_kvm(Context&, lib::Check&);

// churn_log.cpp: how a log begins and ends
void full_at_first(Context&, lib::Check&);
void large_again(Context&, lib::Check&);

// churn_copy.cpp: a vCPU runs
void copied_by_log(Context&, lib::Check&);
void copied_by_cleared_log(Context&, lib::Check&);

// churn_amid.cpp: what changes while something else is half done
void comes_amid_invalidation(Context&, lib::Check&);
void zapped_amid_fault(Context&, lib::Check&);

// churn_race.cpp: the vCPUs run
void writes_among_changes(Context&, lib::Check&);

}  // namespace kproof::kvm::churn
