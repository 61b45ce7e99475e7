// hugetlb memory whose page table of 2 MiB entries two processes share (huge_pmd_share): a shared
// mapping that covers a whole aligned GiB. Who changes his rights parts with it (huge_pmd_unshare),
// and what a CPU has of it in its TLB, or walks over without a lock (GUP-fast), must not outlive
// that.
#include <cerrno>
#include <cinttypes>
#include <csignal>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <linux/memfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/case.hpp"
#include "lib/child_check.hpp"
#include "lib/clock.hpp"
#include "lib/cpu.hpp"
#include "lib/process.hpp"
#include "lib/safe.hpp"
#include "lib/sysfs.hpp"
#include "machine/hugetlb.hpp"
#include "mm/anonymous.hpp"
#include "mm/entries.hpp"
#include "mm/splicer.hpp"

using namespace kproof;

namespace {

constexpr std::uint64_t kSeed = 7;
constexpr std::size_t kPages = 16;
constexpr std::size_t kStride = mm::kPudSize / kPages;  // from one page that is there to the next
constexpr unsigned kFewestPartings = 32;

// A GiB of which sixteen pages are ever touched: nothing is reserved for the rest.
mm::Region map(int fd) {
  void* place = mm::map_aligned(mm::kPudSize, mm::kPudSize);
  return {static_cast<char*>(lib::safe::mmap(place, mm::kPudSize, mm::kReadWrite,
                                             MAP_SHARED | MAP_FIXED | MAP_NORESERVE, fd, 0)),
          mm::kPudSize, kStride};
}

// Fills it; each page is touched at both ends.
lib::Fault touch_ends(const mm::Region& region) {
  return lib::catch_fault([&] {
    region.fill(kSeed);
    for (std::size_t i = 0; i < kPages; ++i)
      *reinterpret_cast<mm::Word*>(region.base() + i * kStride + mm::kPmdSize - mm::kPageSize) = i;
  });
}

// A child without a table of its own finds all pages by its first fault.
void shares_the_table(lib::Case& test, const mm::Region& region, lib::Check& check) {
  const long faults = lib::count_in_child(check, [&](lib::Check& childs) {
    return mm::faults_of_reading(region, childs, "the child", kSeed);
  });
  test.evidence("pmd_table_shared", faults >= 0 && faults <= 1,
                "a child took %ld faults to read %zu pages that its parent has mapped", faults,
                kPages);
}

void expect_refused(const mm::Region& region, lib::Check& check, const char* who,
                    std::size_t word) {
  const lib::Fault fault = lib::try_write(region.word(word), ~0ull);
  check.that(fault.is(SIGSEGV, SEGV_ACCERR), "%s: write of word %zu after PROT_READ: %s", who, word,
             fault.text().c_str());
}

// Each right is taken just after its word was written, while the TLB has it.
void rights_are_ones_own(const mm::Region& region, lib::Check& check, const char* who) {
  for (std::size_t word = 0; word < kPages; ++word) {
    region.fill(kSeed, word, 1);
    if (!region.protect(check, PROT_READ)) return;
    expect_refused(region, check, who, word);
    region.protect(check, mm::kReadWrite);
  }
  region.expect_data(check, who, kSeed);
}

void childs_mprotect(const mm::Region& region, lib::Check& check) {
  lib::check_in_child(check, [&](lib::Check& childs) {
    rights_are_ones_own(region, childs, "the child");
    region.protect(childs, PROT_READ);
  });
  const lib::Fault fault = lib::catch_fault([&] { region.fill(kSeed); });
  check.that(!fault.happened(), "the parent: write after the child's PROT_READ: %s",
             fault.text().c_str());
}

// In a table that they still shared, the parent's write would give the child its right back.
void parents_write(const mm::Region& region, lib::Check& check) {
  const bool child = lib::in_child_around(
      lib::checked([&](lib::Check& childs) {
        region.expect_data(childs, "the child", kSeed);
        region.protect(childs, PROT_READ);
      }),
      [&] {
        const lib::Fault fault = lib::catch_fault([&] { region.fill(kSeed); });
        check.that(!fault.happened(), "the parent's write: %s", fault.text().c_str());
      },
      lib::checked([&](lib::Check& childs) {
        region.expect_data(childs, "the child, read-only", kSeed);
        expect_refused(region, childs, "the child", 0);
      }));
  check.that(child, "that was the child");
}

void childs_munmap(const mm::Region& region, lib::Check& check) {
  region.fill(kSeed);
  lib::check_in_child(check, [&](lib::Check& childs) {
    region.expect_data(childs, "the child", kSeed);
    lib::safe::munmap(region.base(), region.length());
    mm::expect_unmapped(childs, "the child", region.base(), region.length(), kStride);
  });
  region.expect_data(check, "the parent, after the child's munmap", kSeed);
}

// One round: the child shares the table, the parent parts with it, and the child ends, and with it
// the table, if the parent has not shared it again before. Whether the parent had to.
bool part(const mm::Region& region, lib::Check& check) {
  long faults = 0;
  const bool child = lib::in_child_around(
      lib::checked([&](lib::Check& childs) { region.expect_data(childs, "the child", kSeed); }),
      [&] {
        region.protect(check, PROT_READ);
        faults = mm::faults_of_reading(region, check, "the parent, read-only", kSeed);
      },
      lib::checked([&](lib::Check& childs) {
        region.protect(childs, PROT_READ);
        expect_refused(region, childs, "the child", 0);
      }));
  region.protect(check, mm::kReadWrite);
  check.that(child, "that was the child");
  return faults > 0;
}

void parting_beside_gup(lib::Case& test, const mm::Region& region, lib::Check& check,
                        double seconds) {
  region.fill(kSeed);
  const lib::StayOnFirstCpu here;
  const double end = lib::now_us() + seconds * 1e6;
  mm::Splicer splicer(region, here.other());
  unsigned rounds = 0, partings = 0;
  for (; check.ok() && (rounds < kFewestPartings || lib::now_us() < end); ++rounds)
    partings += part(region, check);
  splicer.end();
  check.that(splicer.strange() == 0,
             "%lu of %lu reads by vmsplice gave another page, first %#" PRIx64, splicer.strange(),
             splicer.reads(), splicer.first_strange());
  check.that(partings > 0, "mprotect never parted with the table");
  test.evidence("gup_beside_mprotect",
                rounds >= kFewestPartings && splicer.reads() > kFewestPartings,
                "%lu reads by vmsplice on another CPU beside %u rounds; the parent parted with the "
                "table in %u",
                splicer.reads(), rounds, partings);
}

}  // namespace

int main(int argc, char** argv) {
  double seconds = 1;
  const lib::Description description{
      .name = "mm/hugetlb_shared_pmd",
      .summary = "hugetlb memory whose table of PMDs two processes share",
      .needs = {.kconfig = {"CONFIG_HUGETLBFS", "CONFIG_MEMFD_CREATE"},
                .memory = 512ull << 20,
                .vcpus = 2},
      .evidence = {"mapping_is_pmd", "pmd_table_shared", "gup_beside_mprotect"},
  };
  lib::Case test(argc, argv, description,
                 {{.name = "--seconds", .help = "of the race (1)", .number = &seconds}});
  lib::sysfs::Settings pool;  // as it was, in the end
  const std::string pool_size = machine::hugetlb_pool(mm::kPmdSize) + "nr_hugepages";
  pool.set(pool_size, lib::sysfs::read(pool_size));
  const std::string error = machine::reserve_hugetlb(mm::kPmdSize, kPages);
  if (!error.empty()) lib::ktap::bail_out("%s", error.c_str());
  const int fd = static_cast<int>(lib::safe::check(
      ::memfd_create("kproof", MFD_CLOEXEC | MFD_HUGETLB | MFD_HUGE_2MB), "memfd_create"));
  lib::safe::check(::ftruncate(fd, mm::kPudSize), "ftruncate");
  const mm::Region region = map(fd);
  test.plan(5);
  const mm::Touched touched = mm::counted([&] { return touch_ends(region); });
  test.evidence("mapping_is_pmd", touched.faults == kPages,
                "%ld faults for the first and the last 4 KiB of %zu pages of 2 MiB", touched.faults,
                kPages);
  test.run("a child shares the table",
           [&](lib::Check& check) { shares_the_table(test, region, check); });
  test.run("a child's mprotect binds the child, at once, and it alone",
           [&](lib::Check& check) { childs_mprotect(region, check); });
  test.run("the parent's write gives no right to a child that may only read",
           [&](lib::Check& check) { parents_write(region, check); });
  test.run("a child's munmap leaves the parent its pages",
           [&](lib::Check& check) { childs_munmap(region, check); });
  test.run("GUP-fast never meets another's page while both part with the table",
           [&](lib::Check& check) { parting_beside_gup(test, region, check, seconds); });
  return test.finish();
}
