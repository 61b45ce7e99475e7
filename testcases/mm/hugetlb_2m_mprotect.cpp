// mprotect of hugetlb memory mapped by PMDs.
#include "mm/hugetlb.hpp"
#include "mm/mprotect_suite.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "mm/hugetlb_2m_mprotect",
      .summary = "mprotect of shared hugetlb memory mapped by PMDs",
      .needs = {.kconfig = {"CONFIG_HUGETLBFS", "CONFIG_MEMFD_CREATE"},
                .memory = 256ull << 20,
                .vcpus = 2},
      .evidence = mm::declared_evidence(mm::kPmdSize),
  };
  return mm::run_mprotect_suite(
      argc, argv, description, mm::kPmdSize, 4 * mm::kPmdSize,
      [](std::uint64_t size) { return std::make_unique<mm::Hugetlb>(mm::kPmdSize, size); });
}
