#include "kvm/race.hpp"

#include <sys/mman.h>

#include "lib/cpu.hpp"

namespace kproof::kvm {

// A pass rests on this many: on a busy host a window in four meets the vCPU while it runs, and a
// faulty kernel (mprotect-notifier-ends-early) was seen to pass with five.
static constexpr unsigned kFewestMetOfPass = 16, kFewestPreemptionsOfPass = 256;

std::size_t race_step(const Machine& machine, std::size_t words) {
  return machine.words() / words * machine.stride();
}

static GvaRange whole(const Machine& machine) {
  return {kRegionGva, machine.region().length()};
}

std::vector<std::uint64_t> snapshot(const Machine& machine, std::size_t words) {
  std::vector<std::uint64_t> values(words);
  for (std::size_t i = 0; i < words; ++i)
    values[i] = *machine.region().word(i * (machine.words() / words));
  return values;
}

bool Race::enough(bool ok) const {
  const bool met = preempter ? preempter->times() >= (ok ? kFewestPreemptionsOfPass : kFewestMet)
                             : met_in_guest_mode >= (ok ? kFewestMetOfPass : kFewestMet);
  return windows >= kFewestWindows && met;
}

// After a failure more windows show nothing new, and may cost a kernel message each.
bool Race::is_over(bool ok, double seconds) const {
  const double took = (lib::now_us() - start) / 1e6;
  if (!enough(ok)) return took > 2 * Runner::kPatienceSeconds && windows >= kFewestWindows;
  return !ok || took > seconds;
}

// One window without the right. What the host cannot read then, it reads afterwards, by PROT_READ.
bool Race::window(lib::Check& check, int prot) {
  // Now: on a host with other work to do both threads have a CPU at the same time just now and
  // then.
  if (!check.that(runner.wait_tries_since(runner.tries()), "the guest stands")) return false;
  const unsigned long refusals = runner.refusals();
  const std::uint64_t ahead = runner.tries();
  rights.take(whole(machine));
  if (!machine.region().protect(check, prot)) return false;
  const std::uint64_t tries = runner.tries();
  const auto before = prot == PROT_READ ? snapshot(machine, words) : std::vector<std::uint64_t>{};
  const bool met = runner.wait_met(refusals, tries);
  const bool refused = runner.refusals() > refusals;
  check.that(refused || !met, "the guest wrote on after mprotect(%s) had returned",
             mm::prot_name(prot));
  if (prot == PROT_READ)
    check.that(before == snapshot(machine, words), "words changed while read-only");
  if (!check.that(met, "the guest neither wrote nor was refused for %u s",
                  Runner::kPatienceSeconds))
    return false;
  const std::uint64_t stands = runner.tries();
  met_in_guest_mode += stands > ahead;
  if (!machine.region().protect(check, mm::kReadWrite)) return false;
  rights.give_back(whole(machine));
  runner.retry();
  return check.that(runner.wait_tries_since(stands), "the guest did not go on within %u s of RW",
                    Runner::kPatienceSeconds);
}

bool Race::run_windows(lib::Check& check, int prot, double seconds) {
  bool going = check.that(runner.wait_tries_since(0), "the guest does not start");
  while (going && !is_over(check.ok(), seconds))
    windows += going = window(check, prot);
  return going;
}

void populate(const Machine& machine) {
  for (std::size_t i = 0; i < machine.words(); ++i)
    *machine.region().word(i) = 0;
}

void prove_vcpu_elsewhere(lib::Case& test, Machine& machine) {
  const lib::StayOnFirstCpu here;
  populate(machine);
  Runner runner(machine.vcpu(), kRegionGva, kRaceWords, race_step(machine),
                {nullptr, here.other()});
  const bool runs = runner.wait_tries_since(0, kRaceWords);
  test.evidence("vcpu_ran_elsewhere", here.other() >= 0 && runs,
                "a vCPU on CPU %d wrote %lu times, while the host was on CPU %d", here.other(),
                runner.tries(), here.cpus()[0]);
  runner.finish();
}

void prove_elsewhere(lib::Case& test, const Race& race, int cpu, const char* what) {
  test.evidence("vcpu_ran_elsewhere", cpu >= 0 && race.met_in_guest_mode >= Race::kFewestMet,
                "%s: in %u of %u windows the vCPU, on CPU %d and the host on another, "
                "wrote when the host had set out already",
                what, race.met_in_guest_mode, race.windows, cpu);
}

}  // namespace kproof::kvm
