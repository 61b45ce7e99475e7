// What the kernel does to PUDs that map device DAX memory, besides mprotect.
#include "mm/devdax.hpp"
#include "mm/entries_suite.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "mm/dax_1g_entries",
      .summary = "mremap, page-table walks, madvise and memory_failure of device DAX PUDs",
      .needs = mm::with_devdax(
          mm::needs_of_entries({.kconfig = {"CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD"},
                                .memory = 512ull << 20,
                                .vcpus = 2,
                                .nvdimm = 3ull << 30})),
      .evidence = mm::evidence_of_entries(mm::kPudSize, mm::Kind::devdax),
  };
  return mm::run_entries_suite(
      argc, argv, description, mm::kPudSize, 2 * mm::kPudSize,
      [](std::uint64_t size) { return std::make_unique<mm::Devdax>(mm::kPudSize, size); });
}
