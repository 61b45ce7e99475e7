// mprotect of hugetlb memory mapped by PUDs.
#include "mm/hugetlb.hpp"
#include "mm/mprotect_suite.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "mm/hugetlb_1g_mprotect",
      .summary = "mprotect of shared hugetlb memory mapped by PUDs",
      // Less than 5 GiB has no two whole, aligned, free GiB: QEMU puts ACPI tables and the
      // initramfs at the top of low memory, the kernel its own tables at the top of all.
      .needs = {.kconfig = {"CONFIG_HUGETLBFS", "CONFIG_MEMFD_CREATE"},
                .cmdline = {"hugepagesz=1G", "hugepages=2"},
                .memory = 5ull << 30,
                .vcpus = 2},
      .evidence = mm::declared_evidence(mm::kPudSize),
  };
  return mm::run_mprotect_suite(
      argc, argv, description, mm::kPudSize, 2 * mm::kPudSize,
      [](std::uint64_t size) { return std::make_unique<mm::Hugetlb>(mm::kPudSize, size); });
}
