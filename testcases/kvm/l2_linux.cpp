// A Linux in a guest does its work, and finishes clean, while the memory that it runs in is made
// executable and not, dropped and refaulted, reclaimed, moved and looked for writes by the level
// that runs it; and mapped a second time and toggled there.
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>

#include "kvm/backing.hpp"
#include "kvm/inner_stress.hpp"
#include "kvm/machine.hpp"
#include "kvm/mmu_mode.hpp"
#include "kvm/swap.hpp"
#include "lib/clock.hpp"
#include "lib/sysfs.hpp"

using namespace kproof;
using kvm::InnerRam;
using kvm::InnerStress;
using kvm::Tally;

namespace {

constexpr unsigned long kFewestRounds = 4;

// SIGTERM says that the case inside has ended.
sigset_t term_signal() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  return set;
}

// Lets the guest run for a while between two rounds. True if it is time to end.
bool told_to_end(double seconds) {
  const sigset_t set = term_signal();
  const timespec time{0, static_cast<long>(seconds * 1e9)};
  return ::sigtimedwait(&set, nullptr, &time) == SIGTERM;
}

pid_t inner_pid(unsigned given) {
  const char* told = std::getenv("KPROOF_INNER_PID");
  const pid_t pid = given > 0 ? static_cast<pid_t>(given) : told ? std::atoi(told) : 0;
  if (pid <= 0)
    lib::ktap::skip_all("no guest inside: KPROOF_INNER_PID is not set, nor --pid given");
  return pid;
}

void prove_mmu(lib::Case& test) {
  const kvm::Kvm kvm;
  kvm.prove_api(test);
  const auto provider = kvm::provide("anon", kvm::kPage2M);
  kvm::Machine machine(kvm, *provider, {.size = kvm::kPage2M});
  kvm::prove_mmu_mode(test, machine.vcpu(), machine.tables());
}

void expect(lib::Check& check, const Tally& tally) {
  if (tally.calls == 0) return check.skip("the guest's RAM is no shared file");
  check.that(tally.failures == 0, "%lu of %lu calls failed, first %s", tally.failures, tally.calls,
             tally.reason.c_str());
}

// Pools and devices have no LRU: EINVAL.
bool has_no_lru(lib::Check& check, const Tally& tally) {
  const bool none = tally.calls > 0 && tally.failures == tally.calls;
  if (none) check.skip("this memory has no " + tally.reason);
  return none;
}

// Each call that changed entries of the RAM was told to KVM, and some did.
void expect_heard(lib::Check& check, const Tally& tally) {
  expect(check, tally);
  check.that(tally.unheard == 0, "KVM was not told of %lu of %lu calls", tally.unheard,
             tally.calls);
  check.that(tally.calls == 0 || tally.heard > 0, "KVM was told of none of %lu calls", tally.calls);
}

void expect_reclaimed(lib::Check& check, const Tally& tally) {
  if (!has_no_lru(check, tally)) expect_heard(check, tally);
}

void expect_clean(lib::Check& check, const InnerRam& ram, const InnerStress& stress) {
  if (!kvm::can_count_pages(ram)) return check.skip("to walk these entries is to split them");
  expect_heard(check, stress.cleans);
  const bool has_bits = ram.page == kvm::kPage4K && stress.cleans.calls > 1;
  check.that(!has_bits || stress.pages_soft_dirty > 0,
             "the guest's writes made no page soft-dirty in %lu turns", stress.cleans.calls - 1);
}

// On one node nothing says which pages compaction takes.
void expect_moved(lib::Check& check, const InnerStress& stress) {
  if (stress.pages_moved == 0 && stress.moves.heard == 0)
    return check.skip("one node, and compaction moved none of the guest's pages");
  expect_heard(check, stress.moves);
}

// MADV_PAGEOUT leaves anonymous memory alone where there is nowhere to put it.
std::unique_ptr<kvm::Swap> swap_for(const InnerRam& ram) {
  const std::string missing = kvm::Swap::missing();
  if (missing.empty()) return std::make_unique<kvm::Swap>(ram.range.length);
  lib::ktap::diagnostic("%s", missing.c_str());
  return nullptr;
}

// How QEMU is right after the last round: it may end at any time once the case inside has.
struct After {
  bool told;           // SIGTERM came
  std::string status;  // /proc/PID/status; "" if it has gone
  std::size_t mappings;
};

After stress_until_told(InnerStress& stress, pid_t pid, double seconds, double pause) {
  const double end = seconds > 0 ? lib::now_us() + seconds * 1e6 : 1e300;
  bool told = false;
  while (!told && lib::now_us() < end && stress.round())
    told = told_to_end(pause);
  const std::string status = lib::sysfs::read("/proc/" + std::to_string(pid) + "/status");
  return {told || told_to_end(0.5), status, kvm::count_mappings(pid)};
}

void expect_as_before(lib::Check& check, std::size_t mappings, const After& after,
                      const InnerStress& stress) {
  check.that(stress.rounds > 0, "no round: %s", stress.problem().c_str());
  if (after.status.empty() && after.told) return lib::ktap::diagnostic("QEMU had ended by then");
  check.that(stress.problem().empty(), "after %lu rounds: %s", stress.rounds,
             stress.problem().c_str());
  check.that(after.status.find("TracerPid:\t0\n") != std::string::npos, "it is traced still");
  check.that(after.status.find("State:\tT") == std::string::npos &&
                 after.status.find("State:\tt") == std::string::npos,
             "it stands");
  // It maps and unmaps for itself, so a few are nothing.
  check.that(after.mappings < mappings + stress.rounds / 2 + 16, "it had %zu mappings and has %zu",
             mappings, after.mappings);
}

}  // namespace

int main(int argc, char** argv) {
  unsigned pid_option = 0;
  std::uint64_t piece = 16 << 20;
  double pause = 0.02, seconds = 0;
  const lib::Description description{
      .name = "kvm/l2_linux",
      .summary = "a Linux guest works on while its memory is toggled, dropped and aged around it",
      .needs = {.modules = {"zram"},
                .kconfig = {"CONFIG_KVM", "CONFIG_EVENT_TRACING", "CONFIG_MEM_SOFT_DIRTY",
                            "CONFIG_COMPACTION", "CONFIG_ZRAM"},
                .vcpus = 2,
                .kvm = true},
      .evidence = {"kvm_api", "mmu_mode", "inner_ram", "invalidations_counted", "stressed"},
      .inside = "mm/thp_mprotect",
  };
  lib::Case test(
      argc, argv, description,
      {{.name = "--size", .help = "bytes that are toggled at a time (16M)", .size = &piece},
       {.name = "--seconds",
        .help = "longest time; 0, the default: until SIGTERM",
        .number = &seconds},
       {.name = "--pause", .help = "seconds between two rounds (0.02)", .number = &pause},
       {.name = "--pid", .help = "of the QEMU (KPROOF_INNER_PID)", .count = &pid_option}});
  if (pause >= 1) lib::usage_error("--pause must be less than 1");
  const sigset_t term = term_signal();
  ::sigprocmask(SIG_BLOCK, &term, nullptr);
  const pid_t pid = inner_pid(pid_option);
  const auto ram = kvm::inner_ram(pid);
  if (!ram) lib::ktap::bail_out("/proc/%d/maps: no RAM of a guest to be found", pid);
  test.plan(9);
  test.evidence("inner_ram", ram->range.length >= (64 << 20), "%s; open as fd %d",
                ram->text.c_str(), ram->fd);

  // QEMU has one VM. Other VMs are not in its mm.
  const kvm::NotifierCounters counters(ram->range, 1);
  const std::size_t mappings = kvm::count_mappings(pid);
  const auto swap = swap_for(*ram);
  InnerStress stress(pid, *ram, piece);
  const After after = stress_until_told(stress, pid, seconds, pause);
  test.evidence(
      "invalidations_counted", counters.invalidations() > 0,
      "KVM was called for %lu ranges in the RAM, and %lu times for the guest's use of it%s%s",
      counters.invalidations(), counters.agings(), counters.problem().empty() ? "" : "; ",
      counters.problem().c_str());
  test.evidence("stressed", after.told ? stress.rounds >= kFewestRounds : seconds > 0,
                "%lu rounds while the case inside ran", stress.rounds);
  prove_mmu(test);
  test.metric("rounds", static_cast<double>(stress.rounds), "count");
  test.metric("round_time", stress.round_times, "us");
  test.metric(
      "toggles",
      static_cast<double>(stress.rights.calls + stress.aliases.calls + stress.elsewhere.calls),
      "calls");
  test.metric("drops", static_cast<double>(stress.drops.calls), "calls");
  if (kvm::can_count_pages(*ram))
    test.metric("pages_dropped", static_cast<double>(stress.pages_dropped), "pages");
  test.metric("pages_moved", static_cast<double>(stress.pages_moved), "pages");
  test.metric("pages_soft_dirty", static_cast<double>(stress.pages_soft_dirty), "pages");
  test.metric("invalidations", static_cast<double>(counters.invalidations()), "calls");
  test.run("a second mapping in QEMU is toggled",
           [&](lib::Check& check) { expect(check, stress.aliases); });
  test.run("ranges of the guest's RAM are made executable and not",
           [&](lib::Check& check) { expect_heard(check, stress.rights); });
  test.run("ranges of the guest's RAM are dropped and come back", [&](lib::Check& check) {
    expect_heard(check, stress.drops);
    if (stress.drops.calls > 0 && kvm::can_count_pages(*ram))
      check.that(stress.pages_dropped > 0, "nothing was mapped of what was dropped");
  });
  test.run("ranges of the guest's RAM grow cold", [&](lib::Check& check) {
    if (!has_no_lru(check, stress.colds)) expect(check, stress.colds);
  });
  test.run("ranges of the guest's RAM are reclaimed",
           [&](lib::Check& check) { expect_reclaimed(check, stress.pageouts); });
  test.run("the guest's writes are found, again and again",
           [&](lib::Check& check) { expect_clean(check, *ram, stress); });
  test.run("pages of the guest's RAM move",
           [&](lib::Check& check) { expect_moved(check, stress); });
  test.run("a mapping in another process is toggled",
           [&](lib::Check& check) { expect(check, stress.elsewhere); });
  test.run("QEMU goes on as before",
           [&](lib::Check& check) { expect_as_before(check, mappings, after, stress); });
  return test.finish();
}
