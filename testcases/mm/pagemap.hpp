// /proc/self/pagemap (Documentation/admin-guide/mm/pagemap.rst).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kproof::mm {

// Bits of an entry.
inline constexpr unsigned kPagemapSoftDirty = 55, kPagemapUffdWp = 57, kPagemapSwapped = 62,
                          kPagemapPresent = 63;
// The frame of a page that is there; 0 without CAP_SYS_ADMIN.
inline constexpr std::uint64_t kPagemapFrame = (std::uint64_t{1} << 55) - 1;

// The entry of each 4 KiB page of [address, address + length). To walk page tables splits the huge
// PUDs of device DAX, which clears them (walk_pud_range): to look is to change.
std::vector<std::uint64_t> pagemap(const volatile void* address, std::size_t length);

// How many of entries [first, first + count) have this bit.
std::size_t count_with(unsigned bit, const std::vector<std::uint64_t>& entries, std::size_t first,
                       std::size_t count);

}  // namespace kproof::mm
