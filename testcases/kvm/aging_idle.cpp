// What idle page tracking sees of the guest's accesses.
#include <sys/mman.h>

#include "kvm/aging.hpp"
#include "kvm/flush.hpp"
#include "kvm/page_idle.hpp"
#include "lib/clock.hpp"
#include "mm/thp.hpp"

namespace kproof::kvm::aging {

void idle_pages(Context& context, lib::Check& check) {
  if (const std::string missing = page_idle::missing(); !missing.empty())
    return check.skip(missing);
  Machine machine = context.machine();
  const Watch watch(context, machine, "page_idle");
  TlbFlusher flusher(machine, 0);
  if (!fill(machine, check)) return;
  // Only pages on an LRU list are tracked, and new ones wait in a list of their CPU; this drains
  // it.
  ::madvise(machine.region().base(), machine.region().length(), MADV_COLD);
  const std::vector<page_idle::Page> pages = page_idle::pages_of(machine);
  const double time = lib::timed_us([&] {
    for (const page_idle::Page& page : pages)
      page_idle::set(page.frame);
  });
  const bool flushed = flusher.flush();
  machine.fill(0, machine.words() / 2, 1);
  std::size_t used = 0, old = 0, young = 0;
  for (const page_idle::Page& page : pages) {
    const bool touched = page.word < machine.words() / 2, idle = page_idle::is_set(page.frame);
    used += touched;
    old += touched && idle;
    young += !touched && !idle;
  }
  const std::size_t unused = pages.size() - used;
  check.that(pages.size() > machine.words() / 2, "the bitmap tells of %zu of %zu pages",
             pages.size(), machine.words());
  expect_seen(check, old, used, flushed, "page_idle");
  // Some may have been in another CPU's list.
  check.that(young < unused / 2, "%zu of %zu pages are young that nobody touched", young, unused);
  check.that(watch.counters().agings() > 0, "KVM was never asked for an age");
  expect_filled(machine, check, "after page_idle");
  context.test.metric("time_page_idle", time, "us");
}

// The host maps each by one entry, and the guest by small pages: the shadow MMU has 512 SPTEs, and
// any of them may be the one that was used.
void idle_huge_pages(Context& context, lib::Check& check) {
  for (const std::string& missing : {page_idle::missing(), mm::Thp::missing()})
    if (!missing.empty()) return check.skip(missing);
  constexpr std::size_t kHugePages = 8;
  mm::Thp thp;
  Machine machine(context.kvm, thp, {kHugePages * kPage2M});
  const Watch watch(context, machine, "page_idle of huge pages");
  TlbFlusher flusher(machine, 0);
  if (!fill(machine, check)) return;
  const mm::Region& region = machine.region();
  if (const auto account = thp.account(region.base(), region.length());
      !account || account->bytes != region.length())
    return check.skip("the kernel has no huge pages to give");
  ::madvise(region.base(), region.length(), MADV_COLD);
  std::vector<page_idle::Page> heads;
  for (const page_idle::Page& page : page_idle::pages_of(machine))
    if (page.word % thp.words_per_entry() == 0) heads.push_back(page);
  for (const page_idle::Page& head : heads)
    page_idle::set(head.frame);
  const bool flushed = flusher.flush();
  std::size_t used = 0, old = 0, young = 0;
  for (std::size_t i = 0; i < heads.size(); i += 2, ++used)
    machine.write(heads[i].word + 1 + 60 * i, 1);
  for (std::size_t i = 0; i < heads.size(); ++i)
    (i % 2 == 0 ? old : young) += page_idle::is_set(heads[i].frame) == (i % 2 == 0);
  check.that(used >= 2, "the bitmap tells of %zu of %zu huge pages", heads.size(), kHugePages);
  expect_seen(check, old, used, flushed, "page_idle of huge pages");
  check.that(young < used, "each of %zu huge pages is young that nobody touched", young);
}

}  // namespace kproof::kvm::aging
