// mprotect of device DAX memory mapped by PUDs.
#include "mm/devdax.hpp"
#include "mm/mprotect_suite.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "mm/dax_1g_mprotect",
      .summary = "mprotect of device DAX memory mapped by PUDs",
      .needs = mm::with_devdax({.kconfig = {"CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD"},
                                .memory = 512ull << 20,
                                .vcpus = 2,
                                // The first GiB goes to the namespace's metadata and to alignment.
                                .nvdimm = 3ull << 30}),
      .evidence = mm::declared_evidence(mm::kPudSize),
  };
  return mm::run_mprotect_suite(
      argc, argv, description, mm::kPudSize, 2 * mm::kPudSize,
      [](std::uint64_t size) { return std::make_unique<mm::Devdax>(mm::kPudSize, size); });
}
