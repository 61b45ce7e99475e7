// What became of one guest, from the start of QEMU to its end, as values.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/hang.hpp"
#include "util/units.hpp"

namespace kproof::model {

enum class Phase { start, boot, prepare, test, poweroff };

// How the run of a guest ended. Exactly one.
struct Orderly {};  // the agent said bye, and kernel and QEMU both say that it powered off
struct Panicked {
  Phase phase;
};  // the kernel panicked
struct Rebooted {
  Phase phase;
  bool announced = false;  // by "reboot: Restarting system"; else it may be a triple fault
};                         // it was reset without having been asked to
struct Oopsed {
  Phase phase;
};  // the kernel oopsed and lives on: what runs after that proves nothing, and was ended
struct PoweredOff {
  Phase phase;
};  // it powered off by itself, before bye
struct Unproven {
  Phase phase;
  std::string missing;  // "its console does not show that the kernel powered off"
};                      // it ended, and what would prove how is missing
struct Silent {
  Phase phase;
  util::Millis after;
  std::string missing = {};  // "hello of the agent"; "" when nothing at all was heard
};                           // what had to come did not come in time
struct Flooded {
  Phase phase;
  std::size_t bytes;
};  // its console passed the limit
struct BadAgent {
  Phase phase;
  std::string what;
};  // nonsense on the agent's port, or a refused job
struct Unreachable {
  Phase phase;
  std::string why;
};  // the agent could not open its port, or lost it, and said so on the console
struct HostFault {
  Phase phase;
  std::string what;
};  // QEMU failed to start, was killed, ...
struct KvmFailed {
  Phase phase;
  std::string what;   // QEMU's words
};                    // KVM of the machine around it, this host's for L1, failed to run it
struct OuterGone {};  // of a guest inside: the level around it never started it, or ended first
using GuestEnd = std::variant<Orderly, Panicked, Rebooted, Oopsed, PoweredOff, Unproven, Silent,
                              Flooded, BadAgent, Unreachable, HostFault, KvmFailed, OuterGone>;

// How the case's process ended; empty optional in RunOutcome when it never started or never ended.
struct CaseExit {
  int exit_code = 0;
  int signal = 0;          // 0: it exited
  bool timed_out = false;  // the agent answered and the case did not end: we had it killed
};

struct PhaseTime {
  Phase phase;
  int level = 1;
  util::Millis duration{0};
};

struct Taint {
  unsigned long before = 0, after = 0;  // /proc/sys/kernel/tainted
};

// The shortest stall that a kernel reports lasts as long (soft lockup: 2 * watchdog_thresh).
inline constexpr util::Millis kStarvedWindow{20000};

struct RunOutcome {
  GuestEnd end = HostFault{Phase::start, "not run"};
  std::optional<CaseExit> exit;
  std::optional<Taint> taint;
  std::vector<std::string> prepare_errors;  // "finit_module dax_pmem: No such device": unmet needs
  std::vector<PhaseTime> phases;
  // The longest that one of L1's CPUs waited for one of the host's within kStarvedWindow.
  util::Millis starved{0};
  std::optional<Hang> hang;  // what was collected when a deadline had passed
};

std::string_view to_string(Phase phase);

}  // namespace kproof::model
