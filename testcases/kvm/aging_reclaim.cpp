// Reclaim asks the guest's MMU, takes what the guest did not use, and gives it back as it was.
#include <cerrno>
#include <cstring>

#include <sys/mman.h>

#include "kvm/aging.hpp"
#include "kvm/flush.hpp"
#include "kvm/lru_gen.hpp"
#include "kvm/swap.hpp"
#include "lib/clock.hpp"

namespace kproof::kvm::aging {

// What vCPU 0 uses over and over is the first quarter of the region.
static std::size_t used_words(const Machine& machine) {
  return machine.words() / 4;
}

// Swapped out pages of the part that is used, and of the rest.
struct Gone {
  std::size_t used, rest, rest_pages;
};
static Gone gone(const Machine& machine) {
  const mm::Region& region = machine.region();
  const std::size_t used = used_words(machine) * machine.stride();
  return {swapped_pages(region.base(), used),
          swapped_pages(region.base() + used, region.length() - used),
          (region.length() - used) / kPage4K};
}

// One way to reclaim, which is asked several times: at first all is young, as all was just written.
// What the guest writes before each time must stay, and the rest must go at some time.
template <class Reclaim>
static void expect_truth(Machine& machine, lib::Check& check, Reclaim reclaim) {
  TlbFlusher flusher(machine, 0);
  bool flushed = true;
  constexpr unsigned kRounds = 4;
  Gone now{};
  for (unsigned round = 0; round < kRounds && check.ok() && now.rest < now.rest_pages / 2 + 1;
       ++round) {
    reclaim([&] {
      flushed &= flusher.flush();
      machine.fill(0, used_words(machine), 1);
    });
    now = gone(machine);
    expect_seen(check, now.used, used_words(machine), flushed, "taken after it was written");
  }
  check.that(now.rest > now.rest_pages / 2, "only %zu of %zu unused pages were taken", now.rest,
             now.rest_pages);
}

// Linux before 6.10 asks for references on the way (reclaim_folio_list), later ones take all.
void pageout(Context& context, lib::Check& check) {
  if (const std::string missing = Swap::missing(); !missing.empty()) return check.skip(missing);
  Machine machine = context.machine();
  const Swap swap(2 * context.shape.size);
  Watch watch(context, machine, "MADV_PAGEOUT");
  if (!fill(machine, check)) return;
  const mm::Region& region = machine.region();
  std::vector<double> times;
  const auto take = [&] {
    int error = 0;
    times.push_back(lib::timed_us(
        [&] { error = ::madvise(region.base(), region.length(), MADV_PAGEOUT) == 0 ? 0 : errno; }));
    check.that(error == 0, "MADV_PAGEOUT: %s", std::strerror(error));
  };
  take();
  if (watch.counters().agings() > 0)
    expect_truth(machine, check, [&](auto use) {
      use();
      take();
    });
  else
    watch.asks_nobody("this kernel takes pages by MADV_PAGEOUT without asking for their age");
  check.that(watch.counters().invalidations() > 0, "no invalidation for pages that were taken");
  // mprotect goes over the entries of pages that are swapped out, too.
  region.protect(check, PROT_READ);
  region.protect(check, mm::kReadWrite);
  expect_filled(machine, check, "after MADV_PAGEOUT");
  context.test.metric("time_pageout", times, "us");
}

// The guest's use between two generations makes pages younger; only older ones are evicted.
void lru_gen(Context& context, lib::Check& check) {
  for (const std::string& missing : {LruGen::missing(), Swap::missing()})
    if (!missing.empty()) return check.skip(missing);
  Machine machine = context.machine();
  const Swap swap(2 * context.shape.size + (std::size_t{64} << 20));
  LruGen lru;
  const Watch watch(context, machine, "multi-gen LRU");
  if (!fill(machine, check)) return;
  std::vector<double> ages, evictions;
  const auto timed = [&](std::vector<double>& times, const char* what, auto act) {
    int error = 0;
    times.push_back(lib::timed_us([&] { error = act(); }));
    check.that(error == 0, "%s: %s", what, std::strerror(error));
  };
  expect_truth(machine, check, [&](auto use) {
    timed(ages, "aging", [&] { return lru.age(); });
    use();
    timed(ages, "aging", [&] { return lru.age(); });
    timed(evictions, "eviction", [&] { return lru.evict(); });
  });
  check.that(watch.counters().agings() > 0, "KVM was never asked for an age");
  expect_filled(machine, check, "after eviction");
  context.test.metric("time_lru_gen_age", ages, "us");
  context.test.metric("time_lru_gen_evict", evictions, "us");
}

}  // namespace kproof::kvm::aging
