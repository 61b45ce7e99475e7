#pragma once

#include <cstddef>
#include <string>

namespace kproof::machine {

// The directory of sysfs that has the pool of these pages, with a slash at its end.
std::string hugetlb_pool(std::size_t page_size);

// Sees to it that `pages` free pages are in the pool, enlarging it if it must. "" or why not; the
// pool is as it was then.
std::string reserve_hugetlb(std::size_t page_size, std::size_t pages);

}  // namespace kproof::machine
