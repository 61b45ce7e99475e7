// What the kernel does to page-table entries besides mprotect: mremap moves them, pagemap and
// mincore walk over them, madvise drops them, clear_refs writes in them, fork copies them,
// memory_failure takes them away. The list of the *_entries programs; those of 4 KiB show the same
// of plain pages.
#pragma once

#include <string_view>
#include <vector>

#include "mm/suite.hpp"

namespace kproof::mm {

int run_entries_suite(int argc, char** argv, const lib::Description& description,
                      std::size_t entry_size, std::uint64_t default_size, const MakeProvider& make);

// What each of them needs: the description's own are added to it.
lib::Needs needs_of_entries(lib::Needs needs);
std::vector<std::string_view> evidence_of_entries(std::size_t entry_size, Kind kind);

// mremap.cpp
void mremap_of_all(Context&, lib::Check&);
void mremap_of_read_only(Context&, lib::Check&);
void mremap_of_half_the_range(Context&, lib::Check&);
void mremap_of_half_an_entry(Context&, lib::Check&);

// walks.cpp
void pagemap_shows_entries(Context&, lib::Check&);
void pagemap_shows_write_protection(Context&, lib::Check&);
void mincore_shows_residency(Context&, lib::Check&);

// advice.cpp
void dontneed_drops_entries(Context&, lib::Check&);
void dontneed_of_half_an_entry(Context&, lib::Check&);
void populate_fills_entries(Context&, lib::Check&);
void advice_keeps_data_or_is_refused(Context&, lib::Check&);

// soft_dirty.cpp
void soft_dirty_tells_writes(Context&, lib::Check&);
void soft_dirty_tells_writes_after_mprotect(Context&, lib::Check&);

// copies.cpp
void child_copies_entries(Context&, lib::Check&);
void mixed_exclusiveness(Context&, lib::Check&);

// poison.cpp
void touch_amid_entries(Context&);  // the very first accesses
void memory_failure_names_the_entry(Context&, lib::Check&);

}  // namespace kproof::mm
