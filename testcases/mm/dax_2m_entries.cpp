// What the kernel does to PMDs that map device DAX memory, besides mprotect.
#include "mm/devdax.hpp"
#include "mm/entries_suite.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "mm/dax_2m_entries",
      .summary = "mremap, page-table walks, madvise and memory_failure of device DAX PMDs",
      .needs = mm::with_devdax(
          mm::needs_of_entries({.memory = 512ull << 20, .vcpus = 2, .nvdimm = 256ull << 20})),
      .evidence = mm::evidence_of_entries(mm::kPmdSize, mm::Kind::devdax),
  };
  return mm::run_entries_suite(
      argc, argv, description, mm::kPmdSize, 4 * mm::kPmdSize,
      [](std::uint64_t size) { return std::make_unique<mm::Devdax>(mm::kPmdSize, size); });
}
