// /proc/self/pagemap (Documentation/admin-guide/mm/pagemap.rst).
#pragma once

#include <cstdint>
#include <vector>

namespace kproof::kvm {

inline constexpr unsigned kPagemapSwapped = 62;  // this bit: the page is in swap
// The frame of a page that is there; 0 without CAP_SYS_ADMIN.
inline constexpr std::uint64_t kPagemapFrame = (std::uint64_t{1} << 55) - 1;

// The entry of each 4 KiB page of [address, address + length).
std::vector<std::uint64_t> pagemap(const volatile void* address, std::size_t length);

}  // namespace kproof::kvm
