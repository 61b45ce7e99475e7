// mprotect of hugetlb memory mapped by PUDs.
#include "mm/hugetlb.hpp"
#include "mm/suite.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "mm/hugetlb_1g_mprotect",
      .summary = "mprotect of shared hugetlb memory mapped by PUDs",
      .needs = {.kconfig = {"CONFIG_HUGETLBFS", "CONFIG_MEMFD_CREATE", "CONFIG_CONTIG_ALLOC"},
                .memory = 5ull << 30,
                .vcpus = 2},
      .evidence = mm::declared_evidence(mm::kPudSize),
  };
  return mm::run_mprotect_suite(
      argc, argv, description, mm::kPudSize, 2 * mm::kPudSize,
      [](std::uint64_t size) { return std::make_unique<mm::Hugetlb>(mm::kPudSize, size); });
}
