// mprotect of anonymous memory mapped by PMDs (transparent huge pages).
#include "mm/mprotect_suite.hpp"
#include "mm/thp.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "mm/thp_mprotect",
      .summary = "mprotect of transparent huge pages mapped by PMDs",
      .needs = {.kconfig = {"CONFIG_TRANSPARENT_HUGEPAGE", "CONFIG_PROC_PAGE_MONITOR"},
                // With less than 512 MiB left the kernel switches THP off (hugepage_init).
                .memory = 1ull << 30,
                .vcpus = 2},
      .evidence = mm::declared_evidence(mm::kPmdSize),
  };
  return mm::run_mprotect_suite(argc, argv, description, mm::kPmdSize, 4 * mm::kPmdSize,
                                [](std::uint64_t) { return std::make_unique<mm::Thp>(); });
}
