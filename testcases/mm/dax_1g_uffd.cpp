// What asynchronous write protection by userfaultfd does to device DAX memory mapped by PUDs.
//
// Since 6.7 it may be had of any memory (vma_can_userfault, UFFD_FEATURE_WP_ASYNC). It is taken
// back, whether anything was protected or not, when it is unregistered or its descriptor closed
// (userfaultfd_clear_vma, uffd_wp_range), and change_huge_pud() of 6.12 calls that impossible:
// "Huge entries on userfault-wp only works with anonymous, while we don't have anonymous PUDs yet",
// WARN_ON_ONCE (mm/huge_memory.c:2417 of 6.12.117). Once something is protected, the PUD is split,
// which is to unmap it (__split_huge_pud), and page tables hold a marker for each 4 KiB instead:
// then there is no room for a PUD any more, and __dev_dax_pte_fault() answers SIGBUS for want of
// alignment.
#include <cstring>
#include <memory>
#include <string>

#include "lib/case.hpp"
#include "mm/devdax.hpp"
#include "mm/entries.hpp"
#include "mm/uffd_wp.hpp"

using namespace kproof;

namespace {

constexpr std::uint64_t kSeed = 5;

// Each word can be read, is what it was, and can be written.
void expect_usable(const mm::Region& region, lib::Check& check, const char* when) {
  region.expect_data(check, when, kSeed);
  const lib::Fault fault = lib::catch_fault([&] { region.fill(kSeed); });
  check.that(!fault.happened(), "%s: write: %s", when, fault.text().c_str());
}

bool done(lib::Check& check, const char* what, int error) {
  return check.that(error == 0, "%s: %s", what, std::strerror(error));
}

}  // namespace

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "mm/dax_1g_uffd",
      .summary = "asynchronous write protection by userfaultfd of device DAX memory in PUDs",
      .needs = mm::with_devdax(
          {.kconfig = {"CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD", "CONFIG_USERFAULTFD"},
           .memory = 512ull << 20,
           .vcpus = 2,
           .nvdimm = 2ull << 30}),
      .evidence = {"mapping_is_pud"},
  };
  lib::Case test(argc, argv, description);
  const std::string problem = mm::UffdWp::problem();
  if (!problem.empty()) lib::ktap::skip_all("%s", problem.c_str());
  mm::Devdax dax(mm::kPudSize, mm::kPudSize);
  test.plan(3);
  const auto populated = [&] {
    auto region = std::make_unique<mm::Region>(dax, mm::kPudSize);
    mm::prove_entries(test, "mapping_is_pud", dax, *region, dax.stride());
    region->fill(kSeed);
    return region;
  };

  test.run("memory that was registered and is no more can be used", [&](lib::Check& check) {
    mm::UffdWp protection;
    const auto region = populated();
    if (!done(check, "UFFDIO_REGISTER", protection.watch(*region))) return;
    expect_usable(*region, check, "registered");
    if (done(check, "UFFDIO_UNREGISTER", protection.unwatch(*region)))
      expect_usable(*region, check, "unregistered");
  });
  test.run("memory can be used after its userfaultfd was closed", [&](lib::Check& check) {
    const auto region = populated();
    {
      mm::UffdWp protection;
      if (!done(check, "UFFDIO_REGISTER", protection.watch(*region))) return;
    }
    expect_usable(*region, check, "closed");
  });
  test.run("memory that is write-protected can be used", [&](lib::Check& check) {
    mm::UffdWp protection;
    const auto region = populated();
    if (!done(check, "UFFDIO_REGISTER", protection.watch(*region))) return;
    if (done(check, "UFFDIO_WRITEPROTECT", protection.protect(*region)))
      expect_usable(*region, check, "protected");
  });
  return test.finish();
}
