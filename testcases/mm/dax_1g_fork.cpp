// A child's copy of page-table entries that map 1 GiB of device DAX memory (copy_huge_pud).
//
// fork() leaves entries of shared memory to be faulted in again (vma_needs_copy), and a devdax
// cannot be mapped private (check_vma), has no anon_vma and sets neither VM_PFNMAP nor VM_MIXEDMAP.
// What does need a copy is a VMA whose write protection by userfaultfd the child inherits. Until
// 6.6 that is for anonymous memory, shmem and hugetlb; UFFD_FEATURE_WP_ASYNC of 6.7 takes any VMA
// (vma_can_userfault), and UFFD_FEATURE_EVENT_FORK has the child inherit it.
#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <string>

#include <sys/mman.h>

#include "lib/case.hpp"
#include "lib/child_check.hpp"
#include "lib/process.hpp"
#include "mm/devdax.hpp"
#include "mm/entries.hpp"
#include "mm/uffd_wp.hpp"
#include "mm/zap_probe.hpp"

using namespace kproof;

namespace {

constexpr std::uint64_t kSeed = 4;

// The child has copied the entries.
void check_in_child(mm::UffdWp& protection, lib::Check& check,
                    const std::function<void(lib::Check&)>& body) {
  const bool ok = protection.during_fork([&] { return lib::in_child(lib::checked(body)); });
  check.that(ok, "that was the child");
}

std::string text_of(const std::vector<std::uint64_t>& entries) {
  std::string text;
  char entry[32];
  for (const std::uint64_t value : entries) {
    std::snprintf(entry, sizeof entry, " %#" PRIx64, value);
    text += entry;
  }
  return text.empty() ? " none" : text;
}

// The entries that a child's exit finds, which has touched nothing there.
std::vector<std::uint64_t> untouched_entries(mm::ZapProbe& probe, const mm::Region& region,
                                             const std::function<bool()>& child) {
  probe.forget();
  if (!child()) lib::ktap::bail_out("a child that does nothing failed");
  return probe.seen(region.base(), region.length());
}

// An entry that fork() made is one that nobody has used yet: copy_huge_pud() makes it old.
bool is_copy(std::uint64_t entry) {
  constexpr std::uint64_t wanted = mm::kEntryIsLeaf | mm::kEntryWritable;
  return (entry & (wanted | mm::kEntryAccessed)) == wanted;
}

// Without a protection to inherit a child has no entry: so the probe tells one from the other.
void prove_copy(lib::Case& test, mm::UffdWp& protection, mm::ZapProbe& probe,
                const mm::Region& region, const std::vector<std::uint64_t>& without) {
  const auto with = untouched_entries(probe, region, [&] {
    return protection.during_fork([] { return lib::in_child([] { return true; }); });
  });
  const bool copied = with.size() == region.length() / mm::kPudSize &&
                      std::all_of(with.begin(), with.end(), is_copy);
  test.evidence("puds_copied", without.empty() && copied,
                "entries of 1 GiB at the exit of a child that touched nothing:%s; without a "
                "protection to inherit:%s",
                text_of(with).c_str(), text_of(without).c_str());
}

void child_sees_data(mm::UffdWp& protection, const mm::Region& region, lib::Check& check) {
  check_in_child(protection, check, [&](lib::Check& childs) {
    const auto touched = mm::counted([&] {
      return lib::catch_fault([&] {
        for (std::size_t i = 0; i < region.words(); ++i)
          static_cast<void>(*region.word(i));
      });
    });
    childs.that(touched.faults == 0, "the child took %ld faults for %zu words", touched.faults,
                region.words());
    region.expect_data(childs, "child", kSeed);
  });
  region.expect_data(check, "parent", kSeed);
}

void expect_write(const mm::Region& region, lib::Check& check, std::uint64_t value,
                  const char* who) {
  const lib::Fault fault = lib::try_write(region.word(1), value);
  check.that(!fault.happened() && *region.word(1) == value, "%s's write: %s", who,
             fault.text().c_str());
}

void expect_write_refused(const mm::Region& region, lib::Check& check, const char* who) {
  const lib::Fault fault = lib::try_write(region.word(1), ~0ull);
  check.that(fault.is(SIGSEGV, SEGV_ACCERR), "%s's write: %s", who, fault.text().c_str());
}

void writes_are_shared(mm::UffdWp& protection, const mm::Region& region, lib::Check& check) {
  check_in_child(protection, check,
                 [&](lib::Check& childs) { expect_write(region, childs, 5, "the child"); });
  check.that(*region.word(1) == 5, "the parent reads %lu", *region.word(1));
  expect_write(region, check, 6, "the parent");
}

void mprotect_binds_the_child(mm::UffdWp& protection, const mm::Region& region, lib::Check& check) {
  check_in_child(protection, check, [&](lib::Check& childs) {
    region.protect(childs, PROT_READ);
    expect_write_refused(region, childs, "the child");
  });
  expect_write(region, check, 8, "the parent");
}

void child_inherits_read_only(mm::UffdWp& protection, const mm::Region& region, lib::Check& check) {
  region.protect(check, PROT_READ);
  check_in_child(protection, check, [&](lib::Check& childs) {
    expect_write_refused(region, childs, "the child");
    region.protect(childs, mm::kReadWrite);
    expect_write(region, childs, 9, "the child, after PROT_READ|PROT_WRITE,");
  });
  expect_write_refused(region, check, "the parent");
  region.protect(check, mm::kReadWrite);
  check.that(*region.word(1) == 9, "the parent reads %lu", *region.word(1));
}

void munmap_binds_the_child(mm::UffdWp& protection, const mm::Region& region, lib::Check& check) {
  check_in_child(protection, check, [&](lib::Check& childs) {
    const int result = ::munmap(region.base(), region.length());
    childs.that(result == 0, "munmap: %s", std::strerror(errno));
    std::uint64_t value = 0;
    const lib::Fault fault = lib::try_read(region.word(1), value);
    childs.that(fault.is(SIGSEGV, SEGV_MAPERR), "the child's read: %s", fault.text().c_str());
  });
  expect_write(region, check, 10, "the parent");
}

}  // namespace

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "mm/dax_1g_fork",
      .summary = "what a child has that has copied PUDs of device DAX memory",
      .needs = mm::with_devdax({.kconfig = {"CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD",
                                            "CONFIG_KPROBE_EVENTS", "CONFIG_USERFAULTFD"},
                                .memory = 512ull << 20,
                                .vcpus = 2,
                                .nvdimm = 2ull << 30}),
      .evidence = {"mapping_is_pud", "puds_copied"},
  };
  lib::Case test(argc, argv, description);
  const std::string problem = mm::UffdWp::problem();
  if (!problem.empty()) lib::ktap::skip_all("%s", problem.c_str());
  mm::Devdax dax(mm::kPudSize, mm::kPudSize);
  mm::ZapProbe probe;
  mm::UffdWp protection;  // outlives the region: closing it is dax_1g_uffd's matter
  const mm::Region region(dax, mm::kPudSize);
  test.plan(5);
  mm::prove_entries(test, "mapping_is_pud", dax, region, dax.stride());
  region.fill(kSeed);
  const auto without =
      untouched_entries(probe, region, [] { return lib::in_child([] { return true; }); });
  if (const int error = protection.watch(region))
    lib::ktap::bail_out("UFFDIO_REGISTER: %s", std::strerror(error));
  prove_copy(test, protection, probe, region, without);

  const auto run = [&](const char* name, auto body) {
    test.run(name, [&](lib::Check& check) { body(protection, region, check); });
  };
  run("the child sees the data without a fault, and so does the parent", child_sees_data);
  run("what either writes the other sees", writes_are_shared);
  run("the child's mprotect binds the child alone", mprotect_binds_the_child);
  run("the child inherits PROT_READ", child_inherits_read_only);
  run("the child's munmap binds the child alone", munmap_binds_the_child);
  return test.finish();
}
