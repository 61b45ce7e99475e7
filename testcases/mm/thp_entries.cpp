// What the kernel does to PMDs that map transparent huge pages, besides mprotect.
#include "mm/entries_suite.hpp"
#include "mm/thp.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "mm/thp_entries",
      .summary = "mremap, page-table walks, madvise, fork and memory_failure of THPs",
      // With less than 512 MiB left the kernel switches THP off (hugepage_init).
      .needs = mm::needs_of_entries(
          {.kconfig = {"CONFIG_TRANSPARENT_HUGEPAGE"}, .memory = 1ull << 30, .vcpus = 2}),
      .evidence = mm::evidence_of_entries(mm::kPmdSize, mm::Kind::anonymous),
  };
  return mm::run_entries_suite(argc, argv, description, mm::kPmdSize, 4 * mm::kPmdSize,
                               [](std::uint64_t) { return std::make_unique<mm::Thp>(); });
}
