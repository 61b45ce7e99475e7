// A vCPU writes for ever on one CPU while the host, on another, takes the right away and gives it
// back: what the races of stale_mapping and nested_raw share.
//
// Once mprotect has returned, no SPTE and no TLB of any CPU may let the guest write: the words must
// not change from then until the right is given back. mprotect's notifier has zapped the SPTEs and
// kicked the vCPU out of guest mode by then.
#pragma once

#include "kvm/machine.hpp"
#include "kvm/preempter.hpp"
#include "kvm/runner.hpp"
#include "lib/case.hpp"
#include "lib/clock.hpp"

namespace kproof::kvm {

inline constexpr std::size_t kRaceWords = 4;  // few enough to stay in the TLB

// On two CPUs: the host acts on the first, and the vCPU's thread stays on another.
struct Race {
  Machine& machine;
  Rights& rights;
  Runner& runner;
  std::size_t words = kRaceWords;  // that the vCPU writes: step() bytes apart
  unsigned windows = 0;
  // The guest wrote after the host had set out to take the right: it was in guest mode, on the
  // other CPU, when the right went.
  unsigned met_in_guest_mode = 0;
  const Preempter* preempter = nullptr;  // takes the vCPU's CPU away, if there is one
  double start = lib::now_us();

  // Enough was seen for a verdict. A failure (`ok` is false) shows itself, and has to be one that
  // happened amid a few windows.
  bool enough(bool ok) const;
  // Windows without `prot`'s rights, for so long and until it is enough, or takes too long for this
  // host; after a failure no more. False if the race could not go on.
  bool run_windows(lib::Check& check, int prot, double seconds);

  static constexpr unsigned kFewestWindows = 16, kFewestMet = 4;

 private:
  bool is_over(bool ok, double seconds) const;
  bool window(lib::Check& check, int prot);
};

// Every `words`-th part of the region has one.
std::size_t race_step(const Machine& machine, std::size_t words = kRaceWords);
// The words, as the host reads them.
std::vector<std::uint64_t> snapshot(const Machine& machine, std::size_t words = kRaceWords);
// Of the host's pages each is there, so that mprotect has all of them to change.
void populate(const Machine& machine);
// Evidence `vcpu_ran_elsewhere`: on a CPU of its own, before anything can end the guest, be it the
// end of the first machine; and again of each race, in enough windows.
void prove_vcpu_elsewhere(lib::Case& test, Machine& machine);
void prove_elsewhere(lib::Case& test, const Race& race, int cpu, const char* what);

}  // namespace kproof::kvm
