// hugetlb memory whose page table of 2 MiB entries two processes share (huge_pmd_share): a shared
// mapping that covers a whole aligned GiB. Who changes his rights parts with it (huge_pmd_unshare),
// and what a CPU has of it in its TLB, or walks over without a lock (GUP-fast), must not outlive
// that.
#include <atomic>
#include <cerrno>
#include <cinttypes>
#include <csignal>
#include <cstring>
#include <string>
#include <thread>

#include <fcntl.h>
#include <linux/memfd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lib/case.hpp"
#include "lib/clock.hpp"
#include "lib/cpu.hpp"
#include "lib/process.hpp"
#include "lib/safe.hpp"
#include "lib/sysfs.hpp"
#include "machine/hugetlb.hpp"
#include "mm/anonymous.hpp"
#include "mm/entries.hpp"

using namespace kproof;

namespace {

constexpr std::uint64_t kSeed = 7;
constexpr int kReadWrite = PROT_READ | PROT_WRITE;
constexpr std::size_t kPages = 16;
constexpr std::size_t kStride = mm::kPudSize / kPages;  // from one page that is there to the next
constexpr unsigned kFewestPartings = 32;

// A GiB of which sixteen pages are ever touched: nothing is reserved for the rest.
mm::Region map(int fd) {
  void* place = mm::map_aligned(mm::kPudSize, mm::kPudSize);
  return {static_cast<char*>(lib::safe::mmap(place, mm::kPudSize, kReadWrite,
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

bool ok(const std::function<void(lib::Check&)>& body) {
  lib::Check check;
  body(check);
  return check.ok();
}

long faults_of_reading(const mm::Region& region, lib::Check& check, const char* who) {
  return mm::counted([&] {
           region.expect_data(check, who, kSeed);
           return lib::Fault{};
         })
      .faults;
}

// A child without a table of its own finds all pages by its first fault.
void shares_the_table(lib::Case& test, const mm::Region& region, lib::Check& check) {
  int report[2];
  lib::safe::check(::pipe(report), "pipe");
  check.that(lib::in_child([&] {
               return ok([&](lib::Check& childs) {
                 const long faults = faults_of_reading(region, childs, "the child");
                 lib::safe::write(report[1], &faults, sizeof faults);
               });
             }),
             "that was the child");
  ::close(report[1]);
  long faults = -1;
  if (::read(report[0], &faults, sizeof faults) != sizeof faults) faults = -1;
  ::close(report[0]);
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
    region.protect(check, kReadWrite);
  }
  region.expect_data(check, who, kSeed);
}

void childs_mprotect(const mm::Region& region, lib::Check& check) {
  check.that(lib::in_child([&] {
               return ok([&](lib::Check& childs) {
                 rights_are_ones_own(region, childs, "the child");
                 region.protect(childs, PROT_READ);
               });
             }),
             "that was the child");
  const lib::Fault fault = lib::catch_fault([&] { region.fill(kSeed); });
  check.that(!fault.happened(), "the parent: write after the child's PROT_READ: %s",
             fault.text().c_str());
}

// In a table that they still shared, the parent's write would give the child its right back.
void parents_write(const mm::Region& region, lib::Check& check) {
  const bool child = lib::in_child_around(
      [&] {
        return ok([&](lib::Check& childs) {
          region.expect_data(childs, "the child", kSeed);
          region.protect(childs, PROT_READ);
        });
      },
      [&] {
        const lib::Fault fault = lib::catch_fault([&] { region.fill(kSeed); });
        check.that(!fault.happened(), "the parent's write: %s", fault.text().c_str());
      },
      [&] {
        return ok([&](lib::Check& childs) {
          region.expect_data(childs, "the child, read-only", kSeed);
          expect_refused(region, childs, "the child", 0);
        });
      });
  check.that(child, "that was the child");
}

void childs_munmap(const mm::Region& region, lib::Check& check) {
  region.fill(kSeed);
  check.that(lib::in_child([&] {
               return ok([&](lib::Check& childs) {
                 region.expect_data(childs, "the child", kSeed);
                 lib::safe::munmap(region.base(), region.length());
                 mm::expect_unmapped(childs, "the child", region.base(), region.length(), kStride);
               });
             }),
             "that was the child");
  region.expect_data(check, "the parent, after the child's munmap", kSeed);
}

// Reads a word by a pipe that is given the page itself (vmsplice, which is GUP-fast). False:
// failed.
bool splice(const mm::Region& region, std::size_t word, std::uint64_t& value) {
  int pipe[2];
  lib::safe::check(::pipe2(pipe, O_CLOEXEC), "pipe2");
  iovec vector{.iov_base = const_cast<std::uint64_t*>(region.word(word)), .iov_len = sizeof value};
  const bool got = ::vmsplice(pipe[1], &vector, 1, 0) == sizeof value &&
                   ::read(pipe[0], &value, sizeof value) == sizeof value;
  ::close(pipe[0]);
  ::close(pipe[1]);
  return got;
}

// A thread that reads by GUP-fast all the time.
class Splicer {
 public:
  Splicer(const mm::Region& region, int cpu)
      : expected_(*region.word(0)), thread_([this, &region, cpu] {
          if (cpu >= 0) lib::stay_on_cpus({cpu});
          run(region);
        }) {}
  ~Splicer() { end(); }
  void end() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  unsigned long reads() const { return reads_; }
  // After end(): values that are of no page of ours.
  unsigned long strange() const { return strange_; }
  std::uint64_t first_strange() const { return first_strange_; }

 private:
  void run(const mm::Region& region) {
    while (!stop_) {
      std::uint64_t value = 0;
      if (!splice(region, 0, value)) continue;
      ++reads_;
      if (value != expected_ && ++strange_ == 1) first_strange_ = value;
    }
  }

  const std::uint64_t expected_;
  std::atomic<bool> stop_{false};
  std::atomic<unsigned long> reads_{0};
  unsigned long strange_ = 0;
  std::uint64_t first_strange_ = 0;
  std::thread thread_;  // last: it uses all of the above
};

// One round: the child shares the table, the parent parts with it, and the child ends, and with it
// the table, if the parent has not shared it again before. Whether the parent had to.
bool part(const mm::Region& region, lib::Check& check) {
  long faults = 0;
  const bool child = lib::in_child_around(
      [&] {
        return ok([&](lib::Check& childs) { region.expect_data(childs, "the child", kSeed); });
      },
      [&] {
        region.protect(check, PROT_READ);
        faults = faults_of_reading(region, check, "the parent, read-only");
      },
      [&] {
        return ok([&](lib::Check& childs) {
          region.protect(childs, PROT_READ);
          expect_refused(region, childs, "the child", 0);
        });
      });
  region.protect(check, kReadWrite);
  check.that(child, "that was the child");
  return faults > 0;
}

void parting_beside_gup(lib::Case& test, const mm::Region& region, lib::Check& check,
                        double seconds) {
  region.fill(kSeed);
  const lib::StayOnFirstCpu here;
  const double end = lib::now_us() + seconds * 1e6;
  Splicer splicer(region, here.other());
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
