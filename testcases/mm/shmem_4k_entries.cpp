// What the kernel does to entries of shared pages of 4 KiB, besides mprotect.
#include "mm/entries_suite.hpp"
#include "mm/shmem.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "mm/shmem_4k_entries",
      .summary = "mremap, page-table walks, madvise and memory_failure of shared pages",
      .needs = mm::needs_of_entries(
          {.kconfig = {"CONFIG_SHMEM", "CONFIG_MEMFD_CREATE"}, .memory = 256ull << 20, .vcpus = 2}),
      .evidence = mm::evidence_of_entries(mm::kPageSize, mm::Kind::shmem),
  };
  return mm::run_entries_suite(
      argc, argv, description, mm::kPageSize, 2 * mm::kPmdSize,
      [](std::uint64_t size) { return std::make_unique<mm::Shmem>(size); });
}
