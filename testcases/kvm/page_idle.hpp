// /sys/kernel/mm/page_idle/bitmap (Documentation/admin-guide/mm/idle_page_tracking.rst): who reads
// a page's bit asks each MMU that maps it whether it was used since the bit was set.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kvm/machine.hpp"

namespace kproof::kvm::page_idle {

// Why this kernel has none; "" if it has.
std::string missing();
// Whether the kernel tells of this page frame. Of the last frames of memory, where they are less
// than 64, it does not: its loops end at max_pfn and count whole words (mm/page_idle.c). And only
// pages on an LRU list are tracked: new ones wait in a list of their CPU, which MADV_COLD drains.
bool tracks(std::uint64_t frame);
void set(std::uint64_t frame);
bool is_set(std::uint64_t frame);  // of a frame that it tracks

// The pages of a machine's region that the kernel tells of.
struct Page {
  std::size_t word;  // of the region
  std::uint64_t frame;
};
std::vector<Page> pages_of(const Machine& machine);

}  // namespace kproof::kvm::page_idle
