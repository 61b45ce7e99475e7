// What the kernel does to PUDs that map hugetlb memory, besides mprotect.
#include "mm/entries_suite.hpp"
#include "mm/hugetlb.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "mm/hugetlb_1g_entries",
      .summary = "mremap, page-table walks, madvise and memory_failure of hugetlb PUDs",
      // As mm/hugetlb_1g_mprotect: less has no two whole, aligned, free GiB.
      .needs = mm::needs_of_entries({.kconfig = {"CONFIG_HUGETLBFS", "CONFIG_MEMFD_CREATE"},
                                     .cmdline = {"hugepagesz=1G", "hugepages=2"},
                                     .memory = 5ull << 30,
                                     .vcpus = 2}),
      .evidence = mm::evidence_of_entries(mm::kPudSize, mm::Kind::hugetlb),
  };
  return mm::run_entries_suite(
      argc, argv, description, mm::kPudSize, 2 * mm::kPudSize,
      [](std::uint64_t size) { return std::make_unique<mm::Hugetlb>(mm::kPudSize, size); });
}
