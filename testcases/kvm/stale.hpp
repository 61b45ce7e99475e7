// The behaviours of stale_mapping: the guest's view of its memory is the host's view of the mapping
// behind it, whatever the host does to that mapping. The same subtests for each backing.
#pragma once

#include "kvm/suite.hpp"

namespace kproof::kvm::stale {

// Beside Machine::kRegionSlot.
inline constexpr unsigned kSecondSlot = 2;

// Words of the region that stand for all: at both ends, at entries' borders, and in the middle.
std::vector<std::size_t> some_words(const Machine& machine);

// The guest's write of `word` goes through, and the host sees it.
bool expect_lands(Machine& machine, lib::Check& check, std::size_t word, std::uint64_t value,
                  const char* when);
// The guest's write of `word` is refused, and the host, if it may read, sees the old value.
bool expect_refused(Machine& machine, lib::Check& check, std::size_t word, const char* when);

// Fresh anonymous memory in the place of all of the region: the host writes value + i to some words
// i, and the guest must read that, and write there.
void put_new_memory(const Machine& machine, std::uint64_t value);
void expect_new_memory(Machine& machine, lib::Check& check, std::uint64_t value);

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
void punched(Context&, lib::Check&);

// stale_moved.cpp: the same memory in other pages, or at another address
void copied_on_write(Context&, lib::Check&);
void migrated(Context&, lib::Check&);
void collapsed(Context&, lib::Check&);
void moved_away(Context&, lib::Check&);
void moved_and_left(Context&, lib::Check&);

// stale_slots.cpp: slots that do not hold just what is changed
void slot_of_a_part(Context&, lib::Check&);
void two_slots(Context&, lib::Check&);
void memory_of_two_slots(Context&, lib::Check&);

// stale_smm.cpp: memory of the other address space
void memory_of_smm(Context&, lib::Check&);

// stale_exit.cpp: the process ends, and not its VM
void left_by_its_process(Context&, lib::Check&);

// stale_amid.cpp: the vCPU faults while the host is half done
void amid_two_invalidations(Context&, lib::Check&);

// stale_merged.cpp: pages of one content are one page
void merged(Context&, lib::Check&);

// stale_race.cpp: the vCPU runs while the host acts
void running_meets_read_only(Context&, lib::Check&);
void running_meets_none(Context&, lib::Check&);
void preempted_meets_read_only(Context&, lib::Check&);
void running_sees_replaced(Context&, lib::Check&);

}  // namespace kproof::kvm::stale
