// mprotect of device DAX memory mapped by PMDs.
#include "mm/devdax.hpp"
#include "mm/mprotect_suite.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "mm/dax_2m_mprotect",
      .summary = "mprotect of device DAX memory mapped by PMDs",
      .needs = mm::with_devdax({.memory = 512ull << 20, .vcpus = 2, .nvdimm = 256ull << 20}),
      .evidence = mm::declared_evidence(mm::kPmdSize),
  };
  return mm::run_mprotect_suite(
      argc, argv, description, mm::kPmdSize, 4 * mm::kPmdSize,
      [](std::uint64_t size) { return std::make_unique<mm::Devdax>(mm::kPmdSize, size); });
}
