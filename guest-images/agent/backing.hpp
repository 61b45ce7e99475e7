// What the RAM of the guest inside is made of: prepared before its QEMU starts, proven while it
// runs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "smaps.hpp"

namespace kproof::guest {

struct Backing {
  std::string path;   // for memory-backend-file; "" when it is anonymous memory
  std::string error;  // why it cannot be had
  // The program that allocates anonymous memory of 4 KiB pages calls this between fork() and
  // exec(): QEMU asks for MADV_HUGEPAGE, and PR_SET_THP_DISABLE outranks it.
  bool without_thp = false;
};

// `kind` as a plan writes it: anonymous, thp, hugetlb-2m, hugetlb-1g, devdax-2m, devdax-1g. `bytes`
// is a multiple of its page. `shared`: another program is to map the same memory, so that
// "anonymous" and "thp" are a tmpfs (huge=never, huge=always). Changes the machine (pools, mounts,
// namespaces), which nobody will miss.
Backing prepare_backing(std::string_view kind, std::uint64_t bytes, bool shared);

// "" or errno's text; for the child.
std::string disable_thp();

// What the process maps of `path`, or of anonymous memory if that is "".
BackingFacts backing_facts(pid_t pid, const std::string& path);

}  // namespace kproof::guest
