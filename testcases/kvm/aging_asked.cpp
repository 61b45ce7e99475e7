// Who only asks for an age leaves it to those who ask later: test_young, of which DAMON makes use.
#include <sys/mman.h>
#include <unistd.h>

#include "kvm/aging.hpp"
#include "kvm/damon.hpp"
#include "kvm/flush.hpp"
#include "kvm/page_idle.hpp"
#include "lib/clock.hpp"

namespace kproof::kvm::aging {

// A sample is under way for so long, if nobody ends it.
static constexpr std::uint64_t kSampleUs = 600'000'000;

// Those that DAMON's sample has made old and idle: no page was idle before. Asked once more, a page
// that nobody uses stays so.
static std::vector<page_idle::Page> sampled(const std::vector<page_idle::Page>& pages) {
  std::vector<page_idle::Page> idle;
  for (const double end = lib::now_us() + kDamonPatience * 1e6; idle.empty() && lib::now_us() < end;
       ::usleep(1000))
    for (const page_idle::Page& page : pages)
      if (page_idle::is_set(page.frame)) idle.push_back(page);
  return idle;
}

void asked_twice(Context& context, lib::Check& check) {
  for (const std::string& missing : {page_idle::missing(), Damon::missing()})
    if (!missing.empty()) return check.skip(missing);
  Machine machine = context.machine();
  const Watch watch(context, machine, "who asks twice");
  TlbFlusher flusher(machine, 0);
  if (!fill(machine, check)) return;
  ::madvise(machine.region().base(), machine.region().length(), MADV_COLD);  // page_idle.hpp
  const std::vector<page_idle::Page> pages = page_idle::pages_of(machine);
  std::vector<page_idle::Page> old;
  bool flushed = false;
  {
    const Damon damon({hva_range(machine.region())},
                      {.sample = kSampleUs, .aggregation = kSampleUs});
    old = sampled(pages);
    flushed = flusher.flush();
    expect_filled(machine, check, "amid DAMON's sample");
  }  // it asks, and ends
  check.that(!old.empty(), "DAMON made no page idle in %g s", kDamonPatience);
  check.that(watch.counters().young_tests() > 0, "KVM was never asked whether a page is young");
  std::size_t lost = 0;
  for (const page_idle::Page& page : old)
    lost += page_idle::is_set(page.frame);
  expect_seen(check, lost, old.size(), flushed, "page_idle, after DAMON asked");
}

}  // namespace kproof::kvm::aging
