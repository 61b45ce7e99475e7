// What a guest's end was, from what its kernel and its QEMU said of it. Pure.
#pragma once

#include <string>

#include "model/outcome.hpp"

namespace kproof::run {

struct LastWords {
  model::Phase phase = model::Phase::test;
  bool bye = false;  // of the agent
  // Of the kernel, on its console. Programs can print such words too, but not behind the end
  // canary: the agent has killed them then.
  bool panicked = false;      // "Kernel panic - not syncing"
  bool power_down = false;    // "reboot: Power down", an emergency message: any loglevel shows it
  bool powered_off = false;   // the same, behind the end canary
  bool restarting = false;    // "reboot: Restarting system"
  std::string agent_problem;  // why the agent could not talk to us
  // Of QEMU, as the first SHUTDOWN or RESET of its monitor has it (ShutdownCause of
  // qapi/run-state.json); "" when it was not heard. A triple fault is a "guest-reset".
  std::string cause;
};

// The first row that applies:
//
//  bye  evidence                                          end
//  any  panicked, or cause guest-panic                    Panicked
//  any  cause host-*: a signal, a `quit`                  HostFault
//  yes  cause guest-reset, or none and restarting         Rebooted
//  yes  cause guest-shutdown, and powered_off             Orderly
//  yes  anything less                                     Unproven
//  no   cause guest-shutdown, or none and power_down      PoweredOff; Unreachable with the agent's
//                                                         word for it
//  no   cause guest-reset, or none and restarting         Rebooted
//  no   anything less                                     Unproven
model::GuestEnd ending(const LastWords& words);

// Of a guest that this host gave no CPU for most of its time (GuestClock::hopeless): what came too
// late, an answer or the end of the case, is the host's fault. Any other outcome stays as it is.
void blame_starvation(model::RunOutcome& outcome, util::Millis starved);

}  // namespace kproof::run
