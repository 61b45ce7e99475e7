// The behaviours of mprotect that every kind of huge mapping must show: the list of the *_mprotect
// programs.
#pragma once

#include <string_view>
#include <vector>

#include "mm/suite.hpp"

namespace kproof::mm {

inline constexpr unsigned kFewestWindows = 16;  // of the race, however short it is

int run_mprotect_suite(int argc, char** argv, const lib::Description& description,
                       std::size_t entry_size, std::uint64_t default_size,
                       const MakeProvider& make);

// evidence.cpp
std::vector<std::string_view> declared_evidence(std::size_t entry_size);
void prove_toggles_keep_entries(Context& context);

// protection.cpp
void write_after_read_only_faults(Context&, lib::Check&);
void access_after_none_faults(Context&, lib::Check&);
void data_survives_toggles(Context&, lib::Check&);
void write_works_again(Context&, lib::Check&);
void locked_memory_is_there(Context&, lib::Check&);
// Words [first, first + count) become read-only and a write to them faults; they end read-write.
void expect_read_only_holds(const Region&, lib::Check&, std::size_t first, std::size_t count);

// fork.cpp
void child_sees_data(Context&, lib::Check&);
void child_inherits_protection(Context&, lib::Check&);
void child_cannot_change_parent(Context&, lib::Check&);

// partial.cpp
void mprotect_of_half_the_range(Context&, lib::Check&);
void munmap_of_half_the_range(Context&, lib::Check&);
void mprotect_of_half_an_entry(Context&, lib::Check&);
void munmap_of_half_an_entry(Context&, lib::Check&);
void mprotect_into_a_hole(Context&, lib::Check&);

// race.cpp
void no_write_lands_while_read_only(Context&, lib::Check&);

// reclaim.cpp
void written_data_outlives_reclaim(Context&, lib::Check&);

// timing.cpp
void measure_mprotect(Context&);

}  // namespace kproof::mm
