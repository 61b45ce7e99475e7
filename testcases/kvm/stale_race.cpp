// A vCPU writes for ever while the host takes the right away and gives it back.
#include <optional>

#include <sys/mman.h>

#include "kvm/race.hpp"
#include "kvm/stale.hpp"
#include "lib/cpu.hpp"
#include "lib/safe.hpp"

namespace kproof::kvm::stale {

// Enough that an mprotect meets the vCPU while it still faults, and few enough that it is over
// before a vCPU that was preempted runs again.
static constexpr std::size_t kWordsToFaultOn = 16;
// Of small pages many are changed at once: from where a notifier is called to where the last entry
// is changed a while goes by, in which the vCPU maps again what it can get.
static constexpr std::size_t kLeastOfSmallPages = std::size_t{16} << 20;

static Machine machine_for_race(const Context& context, std::size_t small_pages) {
  Machine::Shape shape = context.shape;
  if (context.provider.entry_size() == mm::kPageSize)
    shape.size = std::max(shape.size, small_pages);
  return {context.kvm, context.provider, shape};
}

// The guest has counted in its words just what it was let to.
static void expect_consistent(const Race& race, lib::Check& check) {
  Runner& runner = race.runner;
  const Exit exit = runner.finish();
  const Mailbox& mailbox = race.machine.vcpu().mailbox();
  check.that(exit.done(), "the guest ended by %s", exit.text().c_str());
  runner.expect_just(check, "the guest");
  check.that(mailbox.wrong == 0, "the guest found %lu words that it had not left so",
             mailbox.wrong);
  for (const std::uint64_t value : snapshot(race.machine, race.words))
    check.that(value == mailbox.rounds, "a word is %lu after %lu rounds", value, mailbox.rounds);
  lib::ktap::diagnostic("%u windows, %lu writes, %lu refused", race.windows, mailbox.tries,
                        runner.refusals());
}

static void race(Context& context, lib::Check& check, int prot) {
  const lib::StayOnFirstCpu here;
  Machine machine = machine_for_race(context, kLeastOfSmallPages);
  populate(machine);
  Rights rights;
  Runner runner(machine.vcpu(), kRegionGva, kRaceWords, race_step(machine),
                {&rights, here.other()});
  // An mprotect of many entries gives its CPU away at each table of them (cond_resched), if
  // somebody wants it: until the vCPU has mapped again what it can get.
  std::optional<Preempter> preempter;
  if (!context.provider.is_huge())
    preempter.emplace(here.cpus()[0], [&] { return runner.tries(); });
  Race race{machine, rights, runner};
  const bool done = race.run_windows(check, prot, context.seconds);
  preempter.reset();
  prove_elsewhere(context.test, race, here.other(), mm::prot_name(prot));
  if (done) expect_consistent(race, check);
}

void running_meets_read_only(Context& context, lib::Check& check) {
  race(context, check, PROT_READ);
}
void running_meets_none(Context& context, lib::Check& check) {
  race(context, check, PROT_NONE);
}

// Between what a fault has looked up (the sequence number of invalidations, the page) and the SPTE
// that it makes of that, a whole mprotect goes by. A fault that does not see it maps what the guest
// may no longer write.
void preempted_meets_read_only(Context& context, lib::Check& check) {
  const lib::StayOnFirstCpu here;
  if (!check.that(here.other() >= 0, "the host has no second CPU for the vCPU")) return;
  Machine machine = machine_for_race(context, kWordsToFaultOn * mm::kPageSize);
  populate(machine);
  Rights rights;
  const std::size_t words = std::min(kWordsToFaultOn, machine.words());
  Runner runner(machine.vcpu(), kRegionGva, words, race_step(machine, words),
                {&rights, here.other()});
  const Preempter preempter(here.other());
  Race race{machine, rights, runner, words};
  race.preempter = &preempter;
  const bool done = race.run_windows(check, PROT_READ, 4 * context.seconds);
  context.test.evidence("vcpu_ran_elsewhere", race.enough(check.ok()),
                        "preempted: CPU %d was taken away from the vCPU %lu times, in %u windows",
                        here.other(), preempter.times(), race.windows);
  if (done) expect_consistent(race, check);
}

// mmap() puts the new memory there under the lock under which KVM looks for it: no right is ever
// missing.
void running_sees_replaced(Context& context, lib::Check& check) {
  const lib::StayOnFirstCpu here;
  Machine machine = machine_for_race(context, kLeastOfSmallPages);
  populate(machine);
  Runner runner(machine.vcpu(), kRegionGva, kRaceWords, race_step(machine),
                {nullptr, here.other()});
  if (!check.that(runner.wait_tries_since(0), "the guest does not start")) return;
  for (unsigned i = 0; i < Race::kFewestWindows && check.ok(); ++i) {
    lib::safe::mmap(machine.region().base(), machine.region().length(), mm::kReadWrite,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
    const std::uint64_t tries = runner.tries();
    check.that(runner.wait_tries_since(tries, 2 * kRaceWords), "the guest does not go on");
    for (const std::uint64_t value : snapshot(machine))
      check.that(value > 0, "the guest writes, and not to the new memory");
  }
  runner.retry();
  const Exit exit = runner.finish();
  check.that(exit.done(), "the guest ended by %s", exit.text().c_str());
  runner.expect_just(check, "the guest");
}

}  // namespace kproof::kvm::stale
