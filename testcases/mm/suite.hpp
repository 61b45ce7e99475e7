// The behaviours of mprotect that every kind of huge mapping must show: the same subtests, in the
// same order, with the same names in each *_mprotect program, so that their tables compare. What
// means nothing for a kind of memory is no subtest there: a skip is of this kernel, or of now.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "lib/case.hpp"
#include "mm/mapping.hpp"

namespace kproof::mm {

inline constexpr unsigned kFewestWindows = 16;

struct Scale {
  std::uint64_t size;    // bytes mapped; a multiple of two entries
  std::uint64_t touch;   // bytes from one touch to the next in the proof of the entry size
  double seconds = 0.5;  // of the race; at least kFewestWindows windows are run in any case
};

// Everything a behaviour works with.
struct Context {
  lib::Case& test;
  Provider& provider;
  Scale scale;
  std::unique_ptr<Region> kept;  // from the behaviour before; see populated()
  std::size_t kept_tables = 0;   // table_bytes() when it was new
};

// A read-write mapping, populated with the pattern `seed`, all of it huge: the one that the
// behaviour before left behind if it is still that, else a new one. (To zero pages is what costs
// time here.)
Region& populated(Context& context, std::uint64_t seed);

// The same, for a behaviour that leaves it unfit for the next.
inline std::unique_ptr<Region> populated_to_spoil(Context& context, std::uint64_t seed) {
  populated(context, seed);
  return std::move(context.kept);
}

// The main() of a *_mprotect program. `make` sets the provider up; it runs after --describe and the
// options have been dealt with.
int run_mprotect_suite(int argc, char** argv, const lib::Description& description,
                       std::size_t entry_size, std::uint64_t default_size,
                       const std::function<std::unique_ptr<Provider>(std::uint64_t size)>& make);

// evidence.cpp
std::vector<std::string_view> declared_evidence(std::size_t entry_size);
void prove_entry_size(Context& context);
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
