// Vcpus write while their memory is aged, taken and given back in every way that there is.
#include <memory>

#include <sys/mman.h>

#include "kvm/aging.hpp"
#include "kvm/lru_gen.hpp"
#include "kvm/runner.hpp"
#include "kvm/swap.hpp"
#include "lib/clock.hpp"
#include "lib/sysfs.hpp"

namespace kproof::kvm::aging {

static constexpr int kReadWrite = PROT_READ | PROT_WRITE;
static constexpr unsigned kFewestRounds = 12;

// One of six ways in turn; what a kernel lacks is an error that changes nothing.
static void age(const mm::Region& region, LruGen* lru, unsigned round) {
  switch (round % 6) {
    case 0:
      ::madvise(region.base(), region.length(), MADV_COLD);
      break;
    case 1:
      ::madvise(region.base(), region.length(), MADV_PAGEOUT);
      break;
    case 2:
      lib::sysfs::try_write("/proc/self/clear_refs", "1");  // referenced bits
      break;
    case 3:
      lib::sysfs::try_write("/proc/self/clear_refs", "4");  // soft-dirty bits, by notifier
      break;
    case 4:
      if (lru) lru->age();
      break;
    default:
      if (lru) lru->evict();
  }
}

static unsigned long rounds(Context& context, Machine& machine,
                            std::vector<std::unique_ptr<Runner>>& runners, bool protect,
                            lib::Check& check) {
  const auto lru = LruGen::missing().empty() ? std::make_unique<LruGen>() : nullptr;
  const double end = lib::now_us() + context.seconds * 1e6;
  unsigned round = 0;
  for (; round < kFewestRounds || (check.ok() && lib::now_us() < end); ++round) {
    age(machine.region(), lru.get(), round);
    if (protect) {
      machine.region().protect(check, round % 2 == 0 ? PROT_READ : PROT_NONE);
      machine.region().protect(check, kReadWrite);
    }
    for (const auto& runner : runners) {
      runner->retry();
      if (!check.that(runner->wait_tries_since(runner->tries()), "a vCPU stands")) return round;
    }
  }
  return round;
}

static void race(Context& context, lib::Check& check, bool protect) {
  Machine machine = context.machine();
  const auto swap = Swap::missing().empty()
                        ? std::make_unique<Swap>(2 * context.shape.size + (std::size_t{64} << 20))
                        : nullptr;
  const unsigned vcpus = machine.shape().vcpus;
  for (std::size_t word = 0; word < machine.words(); ++word)
    for (unsigned id = 0; id < vcpus; ++id)
      machine.region().word(word)[id] = 0;
  const Watch watch(context, machine);
  std::vector<std::unique_ptr<Runner>> runners;
  for (unsigned id = 0; id < vcpus; ++id)
    runners.push_back(std::make_unique<Runner>(machine.vcpu(id), kRegionGva + id * sizeof(mm::Word),
                                               machine.words(), machine.stride()));
  const unsigned long done = rounds(context, machine, runners, protect, check);
  for (unsigned id = 0; id < vcpus; ++id) {
    const Exit exit = runners[id]->finish();
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
  race(context, check, false);
}
void race_with_mprotect(Context& context, lib::Check& check) {
  race(context, check, true);
}

}  // namespace kproof::kvm::aging
