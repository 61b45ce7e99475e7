// mremap beside MADV_COLLAPSE of the same shared pages.
//
// mremap moves the page table of 2 MiB whole (move_normal_pmd); a collapse takes the page tables of
// all who map the pages away, to have the huge page mapped by the next access (retract_page_tables,
// since 6.6 without their mmap_lock). Between its look at a PMD and the lock mremap waits for who
// walks over all mappings of the file; the PMD may be empty then ("mm/mremap: fix
// move_normal_pmd/retract_page_tables race", 6.12, CVE-2024-50066: page 0 became a page table).
//
// Little of that is luck here. A third thread walks over all mappings all the time, so that
// mremap has to wait for it where it adds the new mapping, and the collapse behind mremap: the next
// who walks, when mremap has looked at the PMD, is the collapse. (A kernel without that fix was
// found out in 7 of 8 runs.)
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/case.hpp"
#include "lib/clock.hpp"
#include "lib/cpu.hpp"
#include "lib/safe.hpp"
#include "lib/sysfs.hpp"
#include "mm/anonymous.hpp"
#include "mm/entries.hpp"
#include "mm/shmem.hpp"

using namespace kproof;

namespace {

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25  // 6.1
#endif

constexpr std::uint64_t kWord = 0x6b70726f6f66ull;
constexpr std::size_t kFileSize = 2 * mm::kPmdSize;  // the first half of it is collapsed
constexpr std::size_t kOthers = 64;                  // mappings of all of it, to walk over
constexpr unsigned kFewestCollapses = 16, kFewestMoves = 64;

// Moves its mapping to and fro, on another CPU, and uses it each time.
class Mover {
 public:
  Mover(char* here, char* there, int cpu)
      : thread_([=, this](const std::stop_token& stop) { run(stop, here, there, cpu); }) {}
  void end() {
    thread_.request_stop();
    thread_.join();
  }
  unsigned long moves() const { return moves_; }
  const std::string& problem() const { return problem_; }  // after end()

 private:
  void run(const std::stop_token& stop, char* here, char* there, int cpu) {
    lib::stay_on_cpus({cpu});
    for (; !stop.stop_requested() && problem_.empty(); ++moves_) {
      void* moved =
          ::mremap(here, mm::kPmdSize, mm::kPmdSize, MREMAP_MAYMOVE | MREMAP_FIXED, there);
      if (moved != there) {
        problem_ = std::string("mremap: ") + std::strerror(errno);
        return;
      }
      std::swap(here, there);
      look(here);
    }
  }

  // What is there is a page of the file: one that was written, or a hole just now.
  void look(char* place) {
    std::uint64_t value = 0;
    const auto* word = reinterpret_cast<mm::Word*>(place + mm::kPmdSize / 2);
    const lib::Fault fault = lib::try_read(word, value);
    if (fault.happened() || (value != 0 && value != kWord))
      problem_ = "a read after mremap gives " + std::to_string(value) + ": " + fault.text();
  }

  std::atomic<unsigned long> moves_{0};
  std::string problem_;
  std::jthread thread_;  // last: it uses all of the above
};

// Walks over all mappings: of the second half of the file, which is empty, nothing is there to
// unmap.
class Walker {
 public:
  explicit Walker(const mm::Shmem& shmem)
      : thread_([this, &shmem](const std::stop_token& stop) {
          while (!stop.stop_requested()) {
            punch(shmem, mm::kPmdSize);
            ++walks_;
          }
        }) {}
  unsigned long walks() const { return walks_; }

  // Makes 2 MiB of the file a hole.
  static void punch(const mm::Shmem& shmem, std::size_t from) {
    lib::safe::check(::fallocate(shmem.fd(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                 static_cast<off_t>(from), static_cast<off_t>(mm::kPmdSize)),
                     "fallocate");
  }

 private:
  std::atomic<unsigned long> walks_{0};
  std::jthread thread_;  // last: it uses all of the above
};

// Small pages again, by the file: who maps it keeps his page table.
void fill_with_small_pages(const mm::Shmem& shmem) {
  static const std::vector<std::uint64_t> words(mm::kPmdSize / sizeof kWord, kWord);
  Walker::punch(shmem, 0);
  lib::safe::check(::lseek(shmem.fd(), 0, SEEK_SET), "lseek");
  lib::safe::write(shmem.fd(), words.data(), mm::kPmdSize);
}

bool collapse(const mm::Region& region) {
  return ::madvise(region.base(), mm::kPmdSize, MADV_COLLAPSE) == 0;
}

// Bytes of this machine's shared memory that are in huge pages.
std::size_t huge_shmem() {
  const std::string meminfo = lib::sysfs::read("/proc/meminfo");
  const auto at = meminfo.find("ShmemHugePages:");
  if (at == std::string::npos) lib::ktap::bail_out("/proc/meminfo has no ShmemHugePages");
  return std::strtoull(meminfo.c_str() + at + 15, nullptr, 10) << 10;
}

// What a collapse takes of page tables, in bytes, of memory that nobody else uses. Whether this
// kernel does it at all is to be seen first.
std::size_t tables_of_a_collapse(mm::Shmem& shmem) {
  const mm::Region region(shmem, kFileSize);
  fill_with_small_pages(shmem);
  static_cast<void>(*region.word(0));
  const std::size_t before = mm::table_bytes();
  if (!collapse(region))
    lib::ktap::skip_all("MADV_COLLAPSE of shared memory: %s", std::strerror(errno));
  return before - mm::table_bytes();
}

void move_beside_collapses(lib::Case& test, mm::Shmem& shmem, lib::Check& check, double seconds) {
  const lib::StayOnFirstCpu here;
  if (here.other() < 0) return check.skip("one CPU");
  std::vector<std::unique_ptr<mm::Region>> others;
  for (std::size_t i = 0; i < kOthers; ++i)
    others.push_back(std::make_unique<mm::Region>(shmem, kFileSize));
  char* const there = static_cast<char*>(mm::map_aligned(mm::kPmdSize, mm::kPmdSize));
  Mover mover(static_cast<char*>(shmem.map(mm::kPmdSize)), there, here.other());
  const Walker walker(shmem);
  unsigned collapses = 0;
  const double end = lib::now_us() + seconds * 1e6, given_up = lib::now_us() + 60e6;
  while ((lib::now_us() < end || collapses < kFewestCollapses || mover.moves() < kFewestMoves) &&
         lib::now_us() < given_up) {
    fill_with_small_pages(shmem);
    const std::size_t before = huge_shmem();
    // Whose page tables it took it tells by its result: 6.1 does not get those of who moves.
    collapse(*others[0]);
    collapses += huge_shmem() > before;
  }
  mover.end();
  check.that(mover.problem().empty(), "%s", mover.problem().c_str());
  test.evidence("collapses_took_tables",
                collapses >= kFewestCollapses && mover.moves() >= kFewestMoves,
                "%lu moves of a page table beside %u collapses and %lu walks", mover.moves(),
                collapses, walker.walks());
}

}  // namespace

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "mm/collapse_mremap",
      .summary = "mremap of shared pages while MADV_COLLAPSE makes them huge",
      .needs = {.kconfig = {"CONFIG_SHMEM", "CONFIG_MEMFD_CREATE", "CONFIG_TRANSPARENT_HUGEPAGE"},
                .memory = 512ull << 20,
                .vcpus = 2},
      .evidence = {"collapses_took_tables"},
  };
  double seconds = 2;
  lib::Case test(argc, argv, description,
                 {{.name = "--seconds", .help = "of the race (2)", .number = &seconds}});
  mm::Shmem shmem(kFileSize, mm::Shmem::Huge::allowed);
  const std::size_t tables = tables_of_a_collapse(shmem);
  test.plan(1);
  test.evidence("collapses_took_tables", tables == mm::kPageSize,
                "a collapse took %zu kB of page tables", tables >> 10);
  test.run("memory that is moved while it is collapsed is the file's",
           [&](lib::Check& check) { move_beside_collapses(test, shmem, check, seconds); });
  return test.finish();
}
