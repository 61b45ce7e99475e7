// Device DAX memory of 1 GiB entries is never taken for a page table.
//
// Its PUDs are leaves, and what walks to the PMDs below must look at that first. Where it does not,
// the first 4 KiB of each GiB are read as 512 PMDs: what a program has written there then says
// which memory is mapped. So here they hold what would be PMDs, of another part of the same device.
//
// A walk splits the PUD, which is to clear it, and another CPU may have faulted it in again before
// the walk goes down ("mm/pagewalk: fix race between concurrent split and refault"; 6.1.192 has no
// such check).
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cinttypes>
#include <cstring>
#include <thread>
#include <vector>

#include <sys/mman.h>

#include "lib/case.hpp"
#include "lib/clock.hpp"
#include "lib/cpu.hpp"
#include "mm/devdax.hpp"
#include "mm/entries.hpp"
#include "mm/pagemap.hpp"

using namespace kproof;

namespace {

constexpr std::size_t kEntries = mm::kPageSize / sizeof(std::uint64_t);
constexpr std::uint64_t kMarker = 0x6b70726f6f66ull;
constexpr unsigned kFewestWalks = 64;
constexpr std::size_t kLooked = std::size_t{64} << 20;  // bytes that each walk asks for

// A present, writable PMD of user memory that maps 2 MiB and was used (_PAGE_PSE, _PAGE_NX, ...).
constexpr std::uint64_t would_be_pmd(std::uint64_t physical) {
  return physical | 0x80000000000000e7ull;
}

// The first GiB, whose beginning would be PMDs, every other one of the 2 MiB that begin at `decoy`,
// in the second, and the rest none.
struct Device {
  mm::Devdax dax{mm::kPudSize, 2 * mm::kPudSize};
  std::uint64_t decoy = dax.physical() + mm::kPudSize + mm::kPmdSize;

  std::uint64_t word(std::size_t i) const { return i % 2 == 0 ? would_be_pmd(decoy) : 0; }

  void write() {
    const mm::Region both(dax, 2 * mm::kPudSize);
    auto* words = reinterpret_cast<mm::Word*>(both.base());
    for (std::size_t i = 0; i < kEntries; ++i)
      words[i] = word(i);
    *reinterpret_cast<mm::Word*>(both.base() + mm::kPudSize + mm::kPmdSize) = kMarker;
  }
};

// Faults the entry in again and again, on another CPU.
class Toucher {
 public:
  Toucher(const mm::Region& region, int cpu)
      : thread_([this, &region, cpu](const std::stop_token& stop) {
          lib::stay_on_cpus({cpu});
          const long before = lib::minor_faults();
          auto* word = region.word(region.words() / 2);
          for (std::uint64_t i = 0; !stop.stop_requested(); ++i) {
            *word = i;
            faults_ = lib::minor_faults() - before;
          }
        }) {}
  long faults() const { return faults_; }

 private:
  std::atomic<long> faults_{0};
  std::jthread thread_;  // last: it uses all of the above
};

// Runs `walk`, which returns false at a failure, beside faults. Without a failure few of either
// show nothing.
template <class Walk>
void beside_faults(lib::Case& test, Device& device, double seconds, Walk walk) {
  const mm::Region region(device.dax, mm::kPudSize);
  const lib::StayOnFirstCpu here;
  unsigned walks = 0;
  long faults = 0;
  bool well = true;
  if (here.other() >= 0) {
    const Toucher toucher(region, here.other());
    const double end = lib::now_us() + seconds * 1e6;
    const double given_up = lib::now_us() + 30e6;
    while (well &&
           (walks < kFewestWalks || toucher.faults() < kFewestWalks || lib::now_us() < end) &&
           lib::now_us() < given_up) {
      ++walks;
      well = walk(region);
    }
    faults = toucher.faults();
  }
  const unsigned least = well ? kFewestWalks : 1;
  test.evidence("walks_met_faults", faults >= least && walks >= least,
                "%ld faults of a thread on another CPU in %u walks over one PUD", faults, walks);
}

bool pagemap_is_true(const mm::Region& region, lib::Check& check, const Device& device) {
  const auto pages = mm::pagemap(region.base(), kLooked);
  for (std::size_t i = 0; i < pages.size(); ++i) {
    const std::uint64_t frame = pages[i] & mm::kPagemapFrame;
    const bool present = pages[i] >> mm::kPagemapPresent & 1;
    if (!check.that(!present || frame == device.dax.physical() / mm::kPageSize + i,
                    "page %zu: pagemap says %#" PRIx64 ": frame %#" PRIx64
                    ", the data that was written there, taken for a PMD of frame %#" PRIx64,
                    i, pages[i], frame, device.decoy / mm::kPageSize))
      return false;
  }
  return true;
}

// Kernels call nothing of it resident, as it is no page cache, and one might call all of it so.
// Half of it is what the data spells.
bool mincore_is_true(const mm::Region& region, lib::Check& check) {
  std::vector<unsigned char> pages(kLooked / mm::kPageSize);
  if (!check.that(::mincore(region.base(), kLooked, pages.data()) == 0, "mincore: %s",
                  std::strerror(errno)))
    return false;
  const auto count = static_cast<std::size_t>(std::count(pages.begin(), pages.end(), 1));
  return check.that(count == 0 || count == pages.size(), "%zu of %zu pages are resident", count,
                    pages.size());
}

}  // namespace

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "mm/dax_1g_tables",
      .summary = "device DAX memory of 1 GiB entries is never taken for a page table",
      .needs = mm::with_devdax(
          {.kconfig = {"CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD", "CONFIG_PROC_PAGE_MONITOR"},
           .memory = 512ull << 20,
           .vcpus = 2,
           .nvdimm = 3ull << 30}),
      .evidence = {"mapping_is_pud", "walks_met_faults"},
  };
  double seconds = 2;
  lib::Case test(argc, argv, description,
                 {{.name = "--seconds", .help = "of each race (2)", .number = &seconds}});
  Device device;
  if (device.dax.physical() == 0) lib::ktap::bail_out("the devdax has no `resource` in sysfs");
  test.plan(2);
  mm::prove_entries(test, "mapping_is_pud", device.dax, mm::Region(device.dax, mm::kPudSize),
                    device.dax.stride());
  device.write();
  test.run("pagemap takes no data for a page table, beside faults", [&](lib::Check& check) {
    beside_faults(test, device, seconds,
                  [&](const mm::Region& region) { return pagemap_is_true(region, check, device); });
  });
  test.run("mincore takes no data for a page table, beside faults", [&](lib::Check& check) {
    beside_faults(test, device, seconds,
                  [&](const mm::Region& region) { return mincore_is_true(region, check); });
  });
  return test.finish();
}
