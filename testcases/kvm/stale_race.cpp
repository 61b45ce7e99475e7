// A vCPU writes for ever while the host takes the right away and gives it back.
//
// Once mprotect has returned, no SPTE and no TLB of any CPU may let the guest write: the words must
// not change from then until the right is given back. mprotect's notifier has zapped the SPTEs and
// kicked the vCPU out of guest mode by then.
#include <sys/mman.h>

#include "kvm/runner.hpp"
#include "kvm/stale.hpp"
#include "lib/clock.hpp"
#include "lib/cpu.hpp"
#include "lib/safe.hpp"

namespace kproof::kvm::stale {

static constexpr int kReadWrite = PROT_READ | PROT_WRITE;
static constexpr std::size_t kWords = 4;  // few enough to stay in the TLB
static constexpr unsigned kFewestWindows = 16, kFewestMet = 4;
// Of small pages many are changed at once: from where a notifier is called to where the last entry
// is changed a while goes by, in which the vCPU maps again what it can get.
static constexpr std::size_t kLeastOfSmallPages = std::size_t{16} << 20;

static Machine machine_for_race(const Context& context) {
  Machine::Shape shape = context.shape;
  if (context.provider.entry_size() == mm::kPageSize)
    shape.size = std::max(shape.size, kLeastOfSmallPages);
  return {context.kvm, context.provider, shape};
}

// Every kWords-th part of the region has one.
static std::size_t step(const Machine& machine) {
  return machine.words() / kWords * machine.stride();
}

static std::array<std::uint64_t, kWords> snapshot(const Machine& machine) {
  std::array<std::uint64_t, kWords> values;
  for (std::size_t i = 0; i < kWords; ++i)
    values[i] = *machine.region().word(i * machine.words() / kWords);
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
  unsigned windows = 0;
  // The guest wrote after the host had set out to take the right: it was in guest mode, on the
  // other CPU, when the right went.
  unsigned met_in_guest_mode = 0;
  double start = lib::now_us();

  // Enough was seen, or it takes too long for this host.
  bool is_over(double seconds) const {
    const double now = lib::now_us();
    const bool enough = windows >= kFewestWindows && met_in_guest_mode >= kFewestMet;
    return now > start + (enough ? seconds : 2 * Runner::kPatienceSeconds) * 1e6;
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
  const auto before = prot == PROT_READ ? snapshot(machine) : decltype(snapshot(machine)){};
  const bool met = runner.wait_met(refusals, tries);
  const bool refused = runner.refusals() > refusals;
  check.that(refused || !met, "the guest wrote on after mprotect(%s) had returned",
             mm::prot_name(prot));
  if (prot == PROT_READ) check.that(before == snapshot(machine), "words changed while read-only");
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
                        "wrote when the host had "
                        "set out already",
                        what, race.met_in_guest_mode, race.windows, cpu);
}

// Before anything can end the guest: a vCPU's thread on another CPU than this one makes progress.
void prove_vcpu_elsewhere(Context& context) {
  const lib::StayOnFirstCpu here;
  Machine machine(context.kvm, context.provider, {context.shape.size, context.shape.guest_page});
  populate(machine);
  Runner runner(machine.vcpu(), kRegionGva, kWords, step(machine), {nullptr, here.other()});
  const bool runs = runner.wait_tries_since(0, kWords);
  context.test.evidence("vcpu_ran_elsewhere", here.other() >= 0 && runs,
                        "a vCPU on CPU %d wrote %lu times, while the host was on CPU %d",
                        here.other(), runner.tries(), here.cpus()[0]);
  runner.finish();
}

static void race(Context& context, lib::Check& check, int prot) {
  const lib::StayOnFirstCpu here;
  Machine machine = machine_for_race(context);
  populate(machine);
  Rights rights;
  Runner runner(machine.vcpu(), kRegionGva, kWords, step(machine), {&rights, here.other()});
  Race race{machine, rights, runner};
  bool going = check.that(runner.wait_tries_since(0), "the guest does not start");
  // After a failure more windows show nothing new, and may cost a kernel message each.
  while (going && (race.windows < kFewestWindows || (check.ok() && !race.is_over(context.seconds))))
    race.windows += going = window(race, check, prot);
  prove_elsewhere(context, race, here.other(), mm::prot_name(prot));
  if (!going) return;
  const Exit exit = runner.finish();
  const Mailbox& mailbox = machine.vcpu().mailbox();
  check.that(exit.done(), "the guest ended by %s", exit.text().c_str());
  runner.expect_just(check, "the guest");
  check.that(mailbox.wrong == 0, "the guest found %lu words that it had not left so",
             mailbox.wrong);
  for (const std::uint64_t value : snapshot(machine))
    check.that(value == mailbox.rounds, "a word is %lu after %lu rounds", value, mailbox.rounds);
  lib::ktap::diagnostic("%u windows, %lu writes, %lu refused", race.windows, mailbox.tries,
                        runner.refusals());
}

void running_meets_read_only(Context& context, lib::Check& check) {
  race(context, check, PROT_READ);
}
void running_meets_none(Context& context, lib::Check& check) {
  race(context, check, PROT_NONE);
}

// mmap() puts the new memory there under the lock under which KVM looks for it: no right is ever
// missing.
void running_sees_replaced(Context& context, lib::Check& check) {
  const lib::StayOnFirstCpu here;
  Machine machine = machine_for_race(context);
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
