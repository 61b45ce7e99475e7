// Vcpus write while their memory is aged, taken and given back in every way that there is.
#include <cerrno>
#include <cstring>
#include <functional>
#include <memory>

#include <sys/mman.h>

#include "kvm/aging.hpp"
#include "kvm/lru_gen.hpp"
#include "kvm/runner.hpp"
#include "kvm/swap.hpp"
#include "lib/clock.hpp"
#include "lib/sysfs.hpp"

namespace kproof::kvm::aging {

static constexpr unsigned kFewestRounds = 18;

static int advise(const mm::Region& region, int advice) {
  return ::madvise(region.base(), region.length(), advice) == 0 ? 0 : errno;
}

// The ways to age, in turn, and how each went. Those that this machine lacks are left out, and
// said.
class Ways {
 public:
  Ways(const mm::Region& region, LruGen* lru) {
    add("MADV_COLD", [&] { return advise(region, MADV_COLD); });
    add("MADV_PAGEOUT", [&] { return advise(region, MADV_PAGEOUT); });
    // Referenced bits; soft-dirty bits, by a notifier.
    add("clear_refs 1", [] { return lib::sysfs::try_write("/proc/self/clear_refs", "1"); });
    add("clear_refs 4", [] { return lib::sysfs::try_write("/proc/self/clear_refs", "4"); });
    if (!lru) {
      lib::ktap::diagnostic("without the multi-gen LRU: %s", LruGen::missing().c_str());
      return;
    }
    add("lru_gen age", [lru] { return lru->age(); });
    add("lru_gen evict", [lru] { return lru->evict(); });
  }

  void age(unsigned round) {
    Way& way = ways_[round % ways_.size()];
    ++way.calls;
    const int error = way.act();
    if (error != 0 && way.failures++ == 0) way.error = error;
  }

  void expect_all(lib::Check& check) const {
    for (const Way& way : ways_)
      check.that(way.calls > 0 && way.failures == 0, "%s: %lu of %lu calls failed, first %s",
                 way.name, way.failures, way.calls, strerrorname_np(way.error));
  }

 private:
  struct Way {
    const char* name;
    std::function<int()> act;  // errno, or 0
    unsigned long calls = 0, failures = 0;
    int error = 0;
  };
  void add(const char* name, std::function<int()> act) { ways_.push_back({name, std::move(act)}); }

  std::vector<Way> ways_;
};

// Rights are taken of the first half alone, if at all.
static unsigned long rounds(Context& context, Machine& machine, Ways& ways, Rights* rights,
                            std::vector<std::unique_ptr<Runner>>& runners, lib::Check& check) {
  const double end = lib::now_us() + context.seconds * 1e6;
  const std::size_t half = machine.words() / 2;
  const GvaRange range{kRegionGva, half * machine.stride()};
  unsigned round = 0;
  for (; round < kFewestRounds || (check.ok() && lib::now_us() < end); ++round) {
    ways.age(round);
    if (rights) {
      rights->take(range);
      machine.region().protect(check, round % 2 == 0 ? PROT_READ : PROT_NONE, 0, half);
      machine.region().protect(check, mm::kReadWrite, 0, half);
      rights->give_back(range);
    }
    for (const auto& runner : runners) {
      runner->retry();
      if (!check.that(runner->wait_tries_since(runner->tries()), "a vCPU stands")) return round;
    }
  }
  return round;
}

static void race(Context& context, lib::Check& check, Rights* rights, const char* name) {
  Machine machine = context.machine();
  const auto swap = Swap::missing().empty()
                        ? std::make_unique<Swap>(2 * context.shape.size + (std::size_t{64} << 20))
                        : nullptr;
  const unsigned vcpus = machine.shape().vcpus;
  for (std::size_t word = 0; word < machine.words(); ++word)
    for (unsigned id = 0; id < vcpus; ++id)
      machine.region().word(word)[id] = 0;
  const auto lru = LruGen::missing().empty() ? std::make_unique<LruGen>() : nullptr;
  const Watch watch(context, machine, name);
  Ways ways(machine.region(), lru.get());
  std::vector<std::unique_ptr<Runner>> runners;
  for (unsigned id = 0; id < vcpus; ++id)
    runners.push_back(std::make_unique<Runner>(machine.vcpu(id), kRegionGva + id * sizeof(mm::Word),
                                               machine.words(), machine.stride(),
                                               Runner::Where{rights}));
  const unsigned long done = rounds(context, machine, ways, rights, runners, check);
  ways.expect_all(check);
  for (unsigned id = 0; id < vcpus; ++id) {
    const Exit exit = runners[id]->finish();
    runners[id]->expect_just(check, ("vCPU " + std::to_string(id)).c_str());
    const Mailbox& mailbox = machine.vcpu(id).mailbox();
    check.that(exit.done() && mailbox.wrong == 0,
               "vCPU %u: %s, found %lu words not as it left them", id, exit.text().c_str(),
               mailbox.wrong);
    std::size_t wrong = 0;
    for (std::size_t word = 0; word < machine.words(); ++word)
      wrong += machine.region().word(word)[id] != mailbox.rounds;
    check.that(wrong == 0, "vCPU %u: %zu words are not %lu, its rounds", id, wrong, mailbox.rounds);
  }
  lib::ktap::diagnostic("%lu rounds, %lu agings, %lu invalidations%s", done,
                        watch.counters().agings(), watch.counters().invalidations(),
                        swap ? "" : "; without swap");
}

void race_alone(Context& context, lib::Check& check) {
  race(context, check, nullptr, "race");
}
void race_with_mprotect(Context& context, lib::Check& check) {
  Rights rights;
  race(context, check, &rights, "race with mprotect");
}

}  // namespace kproof::kvm::aging
