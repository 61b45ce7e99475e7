// The host changes memory of L1 that L2 uses: what L2 may do is what the host's mapping allows.
#include <linux/kvm.h>
#include <sys/mman.h>

#include "kvm/dirty_log.hpp"
#include "kvm/nested_raw.hpp"
#include "lib/safe.hpp"

namespace kproof::kvm::nested {

using steps::read, steps::write, tables::expect_word, tables::kHalf, tables::kMark;

static constexpr std::size_t kPages[] = {0, 3, kHalf - 1, kHalf, 2 * kHalf - 1};

static bool expect_lands(NestedBench& bench, lib::Check& check, std::size_t page,
                         std::uint64_t value, const char* when) {
  const L2Ran ran = bench.run({write(bench.gva(page), value), read(bench.gva(page))});
  if (!expect_ended(check, ran, when)) return false;
  expect_word(check, ran, 1, value, when);
  return check.that(bench.word(page) == value, "%s: L2 wrote %#lx to page %zu, the host reads %#lx",
                    when, value, page, bench.word(page));
}

// What L2 does is refused, and not reflected to L1.
static bool expect_refused(lib::Check& check, const L2Ran& ran, const char* what) {
  return check.that(ran.exit.refused(), "%s: %s, L2 ended by %s", what, ran.exit.text().c_str(),
                    ran.left.text().c_str());
}

void read_only(TablesContext& context, lib::Check& check) {
  NestedBench bench(context);
  const mm::Region& region = bench.machine().region();
  for (const std::size_t page : kPages) {
    if (!expect_lands(bench, check, page, 1, "read-write")) return;
    if (!region.protect(check, PROT_READ)) return;
    const L2Ran seen = bench.run({read(bench.gva(page))});
    if (!expect_ended(check, seen, "read-only: a read")) return;
    expect_word(check, seen, 0, 1, "read-only");
    const L2Ran ran = bench.run({write(bench.gva(page), 2)});
    const bool refused = expect_refused(check, ran, "read-only: L2's write");
    check.that(bench.word(page) == 1, "read-only: page %zu became %#lx", page, bench.word(page));
    if (!region.protect(check, mm::kReadWrite) || !refused) return;
    if (!expect_ended(check, bench.resume(), "read-write again")) return;
    check.that(bench.word(page) == 2, "read-write again: page %zu is %#lx", page, bench.word(page));
  }
}

void no_access(TablesContext& context, lib::Check& check) {
  NestedBench bench(context);
  const mm::Region& region = bench.machine().region();
  for (const std::size_t page : kPages) {
    if (!expect_lands(bench, check, page, 1, "read-write")) return;
    if (!region.protect(check, PROT_NONE)) return;
    const L2Ran ran = bench.run({read(bench.gva(page))});
    const bool refused = expect_refused(check, ran, "PROT_NONE: L2's read");
    if (!region.protect(check, mm::kReadWrite) || !refused) return;
    const L2Ran again = bench.resume();
    if (!expect_ended(check, again, "read-write again")) return;
    expect_word(check, again, 0, 1, "read-write again");
  }
}

// Other memory in its place, none, and what MADV_DONTNEED leaves.
void replaced(TablesContext& context, lib::Check& check) {
  NestedBench bench(context);
  const mm::Region& region = bench.machine().region();
  const auto map_anew = [&] {
    lib::safe::mmap(region.base(), region.length(), mm::kReadWrite,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
  };
  const auto expect_new = [&](std::size_t page, const char* when) {
    const L2Ran ran = bench.run({read(bench.gva(page))});
    if (expect_ended(check, ran, when)) expect_word(check, ran, 0, 0, when);
    expect_lands(bench, check, page, 5, when);
  };
  for (const std::size_t page : kPages) {
    if (!expect_lands(bench, check, page, 4, "at first")) return;
    map_anew();
    expect_new(page, "mmap over it");
    lib::safe::madvise(region.base(), region.length(), MADV_DONTNEED);
    expect_new(page, "MADV_DONTNEED");
    lib::safe::munmap(region.base(), region.length());
    const L2Ran ran = bench.run({read(bench.gva(page))});
    const bool refused = expect_refused(check, ran, "munmap: L2's read");
    map_anew();
    if (!refused) return;
    if (!expect_ended(check, bench.resume(), "mapped again")) return;
    expect_new(page, "mapped again");
  }
}

// L2 writes each `step`-th of the first pages.
static constexpr std::size_t kLogged = 96;
static bool write_some(NestedBench& bench, lib::Check& check, std::size_t step) {
  std::vector<Step> writes;
  for (std::size_t page = 0; page < kLogged; page += step)
    writes.push_back(write(bench.gva(page), step));
  return expect_ended(check, bench.run(writes), "L2's writes");
}

static void expect_logged(const DirtyLog& log, lib::Check& check, std::size_t step,
                          const char* when) {
  std::size_t missing = 0, written = 0;
  for (std::size_t page = 0; page < kLogged; page += step, ++written)
    missing += !log.has(page * kPage4K);
  check.that(missing == 0, "%s: %zu of %zu pages that L2 wrote are not in the log", when, missing,
             written);
}

static DirtyLog start_log(NestedBench& bench) {
  Machine& machine = bench.machine();
  machine.vm().set(machine.slot(KVM_MEM_LOG_DIRTY_PAGES));
  return {machine.vm(), machine.slot()};
}

// Each round writes to pages whose SPTEs the log has write-protected before. `clear`: by
// KVM_CLEAR_DIRTY_LOG, where the reading does not.
static void expect_rounds_logged(NestedBench& bench, lib::Check& check, bool clear) {
  if (!write_some(bench, check, 1)) return;
  DirtyLog log = start_log(bench);
  for (const std::size_t step : {1, 2, 1, 3}) {
    if (!write_some(bench, check, step)) return;
    log.get();
    expect_logged(log, check, step, "written");
    if (clear) log.clear();
    log.get();
    check.that(log.pages() == 0, "%zu pages are dirty %s", log.pages(),
               clear ? "after KVM_CLEAR_DIRTY_LOG" : "that nobody wrote");
  }
}

void logged(TablesContext& context, lib::Check& check) {
  NestedBench bench(context);
  expect_rounds_logged(bench, check, false);
}

void logged_and_cleared(TablesContext& context, lib::Check& check) {
  NestedBench bench(context);
  if (!protect_manually(bench.machine().vm()))
    return check.skip("KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 is missing");
  expect_rounds_logged(bench, check, true);
}

}  // namespace kproof::kvm::nested
