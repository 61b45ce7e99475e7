// A vCPU writes for ever while the host takes the right away and gives it back.
//
// Once mprotect has returned, no SPTE and no TLB of any CPU may let the guest write: the words must
// not change from then until the right is given back. mprotect's notifier has zapped the SPTEs and
// kicked the vCPU out of guest mode by then.
#include <sys/mman.h>

#include "kvm/preempter.hpp"
#include "kvm/runner.hpp"
#include "kvm/stale.hpp"
#include "lib/clock.hpp"
#include "lib/cpu.hpp"
#include "lib/safe.hpp"

namespace kproof::kvm::stale {

static constexpr int kReadWrite = PROT_READ | PROT_WRITE;
static constexpr std::size_t kWords = 4;  // few enough to stay in the TLB
// Enough that an mprotect meets the vCPU while it still faults, and few enough that it is over
// before a vCPU that was preempted runs again.
static constexpr std::size_t kWordsToFaultOn = 16;
static constexpr unsigned kFewestWindows = 16, kFewestMet = 4;
// A pass rests on this many: on a busy host a window in four meets the vCPU while it runs, and a
// faulty kernel (mprotect-notifier-ends-early) was seen to pass with five.
static constexpr unsigned kFewestMetOfPass = 16, kFewestPreemptionsOfPass = 256;
// Of small pages many are changed at once: from where a notifier is called to where the last entry
// is changed a while goes by, in which the vCPU maps again what it can get.
static constexpr std::size_t kLeastOfSmallPages = std::size_t{16} << 20;

static Machine machine_for_race(const Context& context, std::size_t small_pages) {
  Machine::Shape shape = context.shape;
  if (context.provider.entry_size() == mm::kPageSize)
    shape.size = std::max(shape.size, small_pages);
  return {context.kvm, context.provider, shape};
}

// Every `words`-th part of the region has one.
static std::size_t step(const Machine& machine, std::size_t words = kWords) {
  return machine.words() / words * machine.stride();
}

static std::vector<std::uint64_t> snapshot(const Machine& machine, std::size_t words = kWords) {
  std::vector<std::uint64_t> values(words);
  for (std::size_t i = 0; i < words; ++i)
    values[i] = *machine.region().word(i * (machine.words() / words));
  return values;
}

static GvaRange whole(const Machine& machine) {
  return {kRegionGva, machine.region().length()};
}

// A race on two CPUs: the host acts on the first, and the vCPU's thread stays on another.
struct Race {
  Machine& machine;
  Rights& rights;
  Runner& runner;
  std::size_t words = kWords;  // that the vCPU writes
  unsigned windows = 0;
  // The guest wrote after the host had set out to take the right: it was in guest mode, on the
  // other CPU, when the right went.
  unsigned met_in_guest_mode = 0;
  const Preempter* preempter = nullptr;  // takes the vCPU's CPU away, if there is one
  double start = lib::now_us();

  // A failure (`ok` is false) shows itself, and has to be one that happened amid a few.
  bool enough(bool ok) const {
    const bool met = preempter ? preempter->times() >= (ok ? kFewestPreemptionsOfPass : kFewestMet)
                               : met_in_guest_mode >= (ok ? kFewestMetOfPass : kFewestMet);
    return windows >= kFewestWindows && met;
  }
  // Enough was seen, or it takes too long for this host. After a failure more windows show nothing
  // new, and may cost a kernel message each.
  bool is_over(bool ok, double seconds) const {
    const double took = (lib::now_us() - start) / 1e6;
    if (!enough(ok)) return took > 2 * Runner::kPatienceSeconds && windows >= kFewestWindows;
    return !ok || took > seconds;
  }
};

// One window without the right. What the host cannot read then, it reads afterwards, by PROT_READ.
static bool window(Race& race, lib::Check& check, int prot) {
  Machine& machine = race.machine;
  Runner& runner = race.runner;
  // Now: on a host with other work to do both threads have a CPU at the same time just now and
  // then.
  if (!check.that(runner.wait_tries_since(runner.tries()), "the guest stands")) return false;
  const unsigned long refusals = runner.refusals();
  const std::uint64_t ahead = runner.tries();
  race.rights.take(whole(machine));
  if (!machine.region().protect(check, prot)) return false;
  const std::uint64_t tries = runner.tries();
  const auto before =
      prot == PROT_READ ? snapshot(machine, race.words) : std::vector<std::uint64_t>{};
  const bool met = runner.wait_met(refusals, tries);
  const bool refused = runner.refusals() > refusals;
  check.that(refused || !met, "the guest wrote on after mprotect(%s) had returned",
             mm::prot_name(prot));
  if (prot == PROT_READ)
    check.that(before == snapshot(machine, race.words), "words changed while read-only");
  if (!check.that(met, "the guest neither wrote nor was refused for %u s",
                  Runner::kPatienceSeconds))
    return false;
  const std::uint64_t stands = runner.tries();
  race.met_in_guest_mode += stands > ahead;
  if (!machine.region().protect(check, kReadWrite)) return false;
  race.rights.give_back(whole(machine));
  runner.retry();
  return check.that(runner.wait_tries_since(stands), "the guest did not go on within %u s of RW",
                    Runner::kPatienceSeconds);
}

// Of the host's pages each is there, so that mprotect has all of them to change.
static void populate(const Machine& machine) {
  for (std::size_t i = 0; i < machine.words(); ++i)
    *machine.region().word(i) = 0;
}

static void prove_elsewhere(Context& context, const Race& race, int cpu, const char* what) {
  context.test.evidence("vcpu_ran_elsewhere", cpu >= 0 && race.met_in_guest_mode >= kFewestMet,
                        "%s: in %u of %u windows the vCPU, on CPU %d and the host on another, "
                        "wrote when the host had set out already",
                        what, race.met_in_guest_mode, race.windows, cpu);
}

// Before anything can end the guest, be it the end of the first machine: a vCPU's thread on another
// CPU than this one makes progress.
void prove_vcpu_elsewhere(Context& context, Machine& machine) {
  const lib::StayOnFirstCpu here;
  populate(machine);
  Runner runner(machine.vcpu(), kRegionGva, kWords, step(machine), {nullptr, here.other()});
  const bool runs = runner.wait_tries_since(0, kWords);
  context.test.evidence("vcpu_ran_elsewhere", here.other() >= 0 && runs,
                        "a vCPU on CPU %d wrote %lu times, while the host was on CPU %d",
                        here.other(), runner.tries(), here.cpus()[0]);
  runner.finish();
}

// False if the race could not go on.
static bool run_windows(Race& race, lib::Check& check, int prot, double seconds) {
  bool going = check.that(race.runner.wait_tries_since(0), "the guest does not start");
  while (going && !race.is_over(check.ok(), seconds))
    race.windows += going = window(race, check, prot);
  return going;
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
  Runner runner(machine.vcpu(), kRegionGva, kWords, step(machine), {&rights, here.other()});
  Race race{machine, rights, runner};
  const bool done = run_windows(race, check, prot, context.seconds);
  prove_elsewhere(context, race, here.other(), mm::prot_name(prot));
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
  Runner runner(machine.vcpu(), kRegionGva, words, step(machine, words), {&rights, here.other()});
  const Preempter preempter(here.other());
  Race race{machine, rights, runner, words};
  race.preempter = &preempter;
  const bool done = run_windows(race, check, PROT_READ, 4 * context.seconds);
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
  Runner runner(machine.vcpu(), kRegionGva, kWords, step(machine), {nullptr, here.other()});
  if (!check.that(runner.wait_tries_since(0), "the guest does not start")) return;
  for (unsigned i = 0; i < kFewestWindows && check.ok(); ++i) {
    lib::safe::mmap(machine.region().base(), machine.region().length(), kReadWrite,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
    const std::uint64_t tries = runner.tries();
    check.that(runner.wait_tries_since(tries, 2 * kWords), "the guest does not go on");
    for (const std::uint64_t value : snapshot(machine))
      check.that(value > 0, "the guest writes, and not to the new memory");
  }
  runner.retry();
  const Exit exit = runner.finish();
  check.that(exit.done(), "the guest ended by %s", exit.text().c_str());
  runner.expect_just(check, "the guest");
}

}  // namespace kproof::kvm::stale
