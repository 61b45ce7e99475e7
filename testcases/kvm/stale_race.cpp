// A vCPU writes for ever while the host takes the right away and gives it back.
//
// Once mprotect has returned, no SPTE and no TLB of any CPU may let the guest write: the words must
// not change from then until the right is given back. mprotect's notifier has zapped the SPTEs and
// kicked the vCPU out of guest mode by then.
#include <sys/mman.h>

#include "kvm/runner.hpp"
#include "kvm/stale.hpp"
#include "lib/clock.hpp"
#include "lib/safe.hpp"

namespace kproof::kvm::stale {

static constexpr int kReadWrite = PROT_READ | PROT_WRITE;
static constexpr std::size_t kWords = 4;  // few enough to stay in the TLB
static constexpr unsigned kFewestWindows = 16;

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

static void zero(const Machine& machine) {
  for (std::size_t i = 0; i < kWords; ++i)
    *machine.region().word(i * machine.words() / kWords) = 0;
}

// One window without the right. What the host cannot read then, it reads afterwards, by PROT_READ.
static bool window(const Machine& machine, Runner& runner, lib::Check& check, int prot) {
  const unsigned long refusals = runner.refusals();
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
  if (!machine.region().protect(check, kReadWrite)) return false;
  runner.retry();
  return check.that(runner.wait_tries_since(stands), "the guest did not go on within %u s of RW",
                    Runner::kPatienceSeconds);
}

static void race(Context& context, lib::Check& check, int prot) {
  Machine machine = context.machine();
  zero(machine);
  Runner runner(machine.vcpu(), kRegionGva, kWords, step(machine));
  const double end = lib::now_us() + context.seconds * 1e6;
  bool going = check.that(runner.wait_tries_since(0), "the guest does not start");
  unsigned windows = 0;
  // After a failure more windows show nothing new, and may cost a kernel message each.
  while (going && (windows < kFewestWindows || (check.ok() && lib::now_us() < end)))
    windows += going = window(machine, runner, check, prot);
  if (!going) return;
  const Exit exit = runner.finish();
  const Mailbox& mailbox = machine.vcpu().mailbox();
  check.that(exit.done(), "the guest ended by %s", exit.text().c_str());
  check.that(mailbox.wrong == 0, "the guest found %lu words that it had not left so",
             mailbox.wrong);
  for (const std::uint64_t value : snapshot(machine))
    check.that(value == mailbox.rounds, "a word is %lu after %lu rounds", value, mailbox.rounds);
  lib::ktap::diagnostic("%u windows, %lu writes, %lu refused", windows, mailbox.tries,
                        runner.refusals());
}

void running_meets_read_only(Context& context, lib::Check& check) {
  race(context, check, PROT_READ);
}
void running_meets_none(Context& context, lib::Check& check) {
  race(context, check, PROT_NONE);
}

void running_sees_replaced(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  zero(machine);
  Runner runner(machine.vcpu(), kRegionGva, kWords, step(machine));
  if (!check.that(runner.wait_tries_since(0), "the guest does not start")) return;
  for (unsigned i = 0; i < kFewestWindows && check.ok(); ++i) {
    lib::safe::mmap(machine.region().base(), machine.region().length(), kReadWrite,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
    const std::uint64_t tries = runner.tries();
    check.that(runner.wait_tries_since(tries, 2 * kWords), "the guest does not go on");
    for (const std::uint64_t value : snapshot(machine))
      check.that(value > 0, "the guest writes, and not to the new memory");
  }
  const Exit exit = runner.finish();
  check.that(exit.done(), "the guest ended by %s", exit.text().c_str());
}

}  // namespace kproof::kvm::stale
