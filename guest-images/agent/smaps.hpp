// What a mapping is really made of, from /proc/PID/smaps.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kproof::guest {

struct BackingFacts {
  // Bytes that the smallest page-table entry of the mapping maps; 0: nothing is mapped yet, or
  // there is no such mapping.
  std::uint64_t page_size = 0;
  // One line that proves it, quoting the fields of smaps; or why nothing is proven.
  std::string text;
};

// Of the largest mapping of the file `path`; "" is the largest anonymous mapping, which in a QEMU
// is the guest's RAM. What proves what:
//  - hugetlb (VmFlags has "ht") and device DAX: KernelPageSize, the only size that the kernel would
//    map there. Device DAX has no Rss.
//  - anonymous memory and tmpfs: KernelPageSize is 4 kB even of THP. AnonHugePages or
//  ShmemPmdMapped
//    say how much of Rss is mapped by PMDs; all of it makes 2 MiB, anything else 4 KiB.
BackingFacts parse_backing(std::string_view smaps, std::string_view path);

}  // namespace kproof::guest
