// What becomes of one guest: a state machine without I/O. The runner (runner.hpp) feeds it what it
// sees and does what it says; the tests feed it events.
//
// Promises, in the order of session_test.cpp (3 is in session_late_test.cpp):
//  1. The phases follow each other: start, boot, prepare, test, poweroff; each one's time is known.
//  2. Every phase ends: at its event or at its deadline. A guest ends at the one that was set when
//     it was prepared (run::whole), which nothing puts off.
//  3. A case that is late is told from a kernel that is: ping first, and only an agent that does
//     not answer makes the guest silent. A late case is killed and the guest ends in the orderly
//     way. Either way the guest is examined first (diagnosis.hpp), and meanwhile only its end ends
//     it.
//  4. Every end needs positive evidence (ending.hpp): of the kernel, by its console, and of QEMU,
//  by
//     its SHUTDOWN event. Bye alone proves nothing: a reset behind it is a crash.
//  5. QEMU's own death is the host's fault, never the kernel's, unless the kernel panicked first;
//     and so are the silence of a guest whose QEMU answers nothing either, and a guest that QEMU
//     stops: what KVM cannot run is that KVM's fault, at whatever level.
//  6. A guest inside is told of by the agent around it, and one whose surroundings ended first has
//     no end of its own.
//  7. Nonsense from the agent ends the guest at once: frames that have no place where they come,
//     or no room (protocol.hpp). So does a console or a kernel's log over its limit.
//  8. So does an oops, once its report had time to be printed and all logs say that it is one: what
//     looks like it on the console may be a program's. What the kernel survives, a WARNING or
//     `bad pud`, ends nothing.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agent/frame.hpp"
#include "agent/messages.hpp"
#include "model/outcome.hpp"
#include "run/deadlines.hpp"
#include "run/ending.hpp"
#include "run/protocol.hpp"

namespace kproof::run {

using Time = std::chrono::steady_clock::time_point;

// What the runner sees.
struct Started {};  // QEMU runs
struct FrameArrived {
  agent::Frame frame;
};  // kmsg and output frames too: they prove life; those about a guest inside prove that of its
    // QEMU
struct Asked {
  agent::Type answer;
};  // a diagnosis asked the agent for it
struct StreamBroken {
  std::string what;
};  // the agent's bytes are no frames
struct ConsoleSaw {
  bool panicked = false, power_down = false, restarting = false;
  bool powered_off = false;  // power_down, behind the end canary
  std::size_t bytes = 0;
  std::string agent_problem = {};  // the agent's words on why it cannot talk to us
  bool oopsed = false;             // or so it looks
  std::size_t reports = 0;         // that the kernel has begun so far
  std::string unreadable = {};     // why its file cannot be read
};
struct OopsChecked {
  bool real = false;  // in the light of all logs
};
struct Examined {
  model::Hang hang;
  bool qemu_is_mute = false;  // L1's QEMU answered nothing: it is not the kernel that hangs
};
struct ShutdownSaid {
  std::string cause;  // QEMU's ShutdownCause: "guest-shutdown", "guest-reset", "host-signal"
};
struct CpusStopped {
  std::string state;  // QEMU's RunState: "internal-error", "io-error", "paused"
  std::string words;  // what QEMU said of it, "" when nothing
};
struct PanicDevice {};  // libvirt: the guest wrote to the panic device
struct GuestGone {};    // the guest powered off or was reset
struct QemuGone {
  std::string how;
};  // QEMU ended by itself: "killed by signal 9"
struct KvmFault {
  std::string what;
};                     // its QEMU said that KVM cannot run it
struct OuterEnded {};  // a guest inside: the guest around it is over
struct Tick {};        // time passed
using Event = std::variant<Started, FrameArrived, Asked, StreamBroken, ConsoleSaw, ShutdownSaid,
                           CpusStopped, PanicDevice, GuestGone, QemuGone, KvmFault, OuterEnded,
                           OopsChecked, Examined, Tick>;

// What the runner is to do. To stop a guest inside is to have its QEMU killed.
// Examinations are answered by Examined, check_oops by OopsChecked.
enum class Action {
  send_job,
  send_ping,
  examine_case,    // the agent answers
  examine_kernel,  // it does not
  check_oops,
  send_abort,
  stop,
};

class Session {
 public:
  Session(Deadlines deadlines, Time now);

  std::vector<Action> handle(const Event& event, Time now);
  Time next_deadline() const;
  // The guest is over: nothing more is awaited of it.
  bool over() const { return over_; }
  model::Phase phase() const { return phase_; }
  Stage stage() const;
  const std::optional<agent::Hello>& hello() const { return hello_; }
  // Of the silence that is examined: a ping was sent, and not answered.
  bool pinged() const { return pinged_ || nudged_; }

  // Complete once over().
  const model::RunOutcome& outcome() const { return outcome_; }

 private:
  using Actions = std::vector<Action>;
  Actions on(const Started&, Time now);
  Actions on(const FrameArrived& event, Time now);
  Actions on(const Asked& event, Time now);
  Actions on(const StreamBroken& event, Time now);
  Actions on(const ConsoleSaw& event, Time now);
  Actions on(const ShutdownSaid& event, Time now);
  Actions on(const CpusStopped& event, Time now);
  Actions on(const PanicDevice&, Time now);
  Actions on(const GuestGone&, Time now);
  Actions on(const QemuGone& event, Time now);
  Actions on(const KvmFault& event, Time now);
  Actions on(const OuterEnded&, Time now);
  Actions on(const OopsChecked& event, Time now);
  Actions on(const Examined& event, Time now);
  Actions on(const Tick&, Time now);

  Actions on_breach(const Breach& breach, Time now);
  Actions on_frame(const agent::Frame& frame, Time now);
  Actions on_pong(Time now);
  Actions ping(std::optional<Time>& sent, Time now);
  bool is_examined() const { return silent_ || (case_examined_ && !aborted_); }
  Actions on_hello(const std::string& json, Time now);
  Actions on_case_ended(const std::string& json, Time now);
  Actions on_bye(const std::string& json, Time now);
  Actions on_late(Time now);
  Actions on_silence(Time now);
  Actions on_suspicion(Time now);
  Actions suspect(model::Silent silent, Time now);
  util::Millis until_ping() const;
  LastWords last_words() const;
  Actions finish(model::GuestEnd end, Time now);
  Actions nonsense(const std::string& what, Time now);
  void enter(model::Phase phase, Time now);
  std::string awaited() const;

  Deadlines deadlines_;
  ProtocolGuard guard_;
  model::RunOutcome outcome_;
  model::Phase phase_ = model::Phase::start;
  Time began_, phase_began_, last_heard_;
  // nudged_: pinged for its silence; died_: the kernel said that it panics
  std::optional<Time> pinged_, nudged_, aborted_, died_, suspected_;
  std::optional<model::Silent> silent_;  // the end, once the kernel was examined
  bool case_examined_ = false;           // or is being examined
  std::size_t cleared_ = 0;              // so many reports are known to be no oops
  std::optional<agent::Hello> hello_;
  ConsoleSaw console_;
  std::string cause_;  // of ShutdownSaid, the first
  bool bye_ = false, over_ = false;
};

}  // namespace kproof::run
