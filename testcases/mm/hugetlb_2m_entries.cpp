// What the kernel does to PMDs that map hugetlb memory, besides mprotect.
#include "mm/entries_suite.hpp"
#include "mm/hugetlb.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "mm/hugetlb_2m_entries",
      .summary = "mremap, page-table walks, madvise and memory_failure of hugetlb PMDs",
      .needs = mm::needs_of_entries({.kconfig = {"CONFIG_HUGETLBFS", "CONFIG_MEMFD_CREATE"},
                                     .memory = 512ull << 20,
                                     .vcpus = 2}),
      .evidence = mm::evidence_of_entries(mm::kPmdSize, mm::Kind::hugetlb),
  };
  return mm::run_entries_suite(
      argc, argv, description, mm::kPmdSize, 4 * mm::kPmdSize,
      [](std::uint64_t size) { return std::make_unique<mm::Hugetlb>(mm::kPmdSize, size); });
}
