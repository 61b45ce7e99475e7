// What the kernel does to entries of private anonymous pages of 4 KiB, besides mprotect.
#include "mm/anonymous.hpp"
#include "mm/entries_suite.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "mm/anon_4k_entries",
      .summary = "mremap, page-table walks, madvise, fork and memory_failure of anonymous pages",
      .needs = mm::needs_of_entries({.memory = 256ull << 20, .vcpus = 2}),
      .evidence = mm::evidence_of_entries(mm::kPageSize, mm::Kind::anonymous),
  };
  return mm::run_entries_suite(argc, argv, description, mm::kPageSize, 2 * mm::kPmdSize,
                               [](std::uint64_t) { return std::make_unique<mm::Anonymous>(); });
}
