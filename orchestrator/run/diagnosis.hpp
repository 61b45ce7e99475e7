// What is collected of a guest that hangs, before it is ended: a state machine without I/O, one for
// each guest, like Session. level_watch.hpp feeds it, the runner does what it asks.
//
// Promises, in the order of diagnosis_test.cpp:
//  1. Looking comes before touching: state and registers of QEMU, then the agent if it answers,
//     else sysrq by a BREAK on the serial line, a memory dump if one is wanted, and an NMI last and
//     only where sysrq was not answered: the kernel panics by it (unknown_nmi_panic) and says where
//     it was, interrupts or not.
//  2. What could not be had is said, with the reason; who did not answer once is not asked again.
//  3. It is over within its budget, whatever answers or does not.
#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "run/diagnosis_steps.hpp"
#include "run/hang.hpp"
#include "run/hang_log.hpp"
#include "run/qmp.hpp"
#include "util/fd.hpp"

namespace kproof::run {

using Time = std::chrono::steady_clock::time_point;

struct AskMonitor {
  std::string command;                  // one line of QMP
  std::shared_ptr<util::Fd> file = {};  // that goes with it; L1 only
};
struct DumpMemory {
  std::string file;  // answered like a command
};
struct TypeText {
  std::string text;  // into the serial console
};
struct AskAgent {
  agent::Examine what;
};
using Ask = std::variant<AskMonitor, DumpMemory, TypeText, AskAgent>;

class Diagnosis {
 public:
  Diagnosis(DiagnosisSetup setup, Time now);

  void on_reply(std::string_view line, Time now);  // a line from QEMU's monitor
  // What the kernel prints: on its console or, where the agent answers, into kmsg.
  void on_console(std::string_view text, Time now);
  void on_examined(const agent::Examined& examined, Time now);
  void on_gone(Time now);  // the guest ended
  void on_tick(Time now);

  std::vector<Ask> take_asks();
  Time next_deadline() const { return std::min(due_, end_); }
  bool over() const { return over_; }
  // Once over().
  const model::Hang& hang() const { return hang_; }
  // Not one answer, of a QEMU that the host runs: it needs nothing of its guest to give one.
  bool qemu_is_mute() const { return setup_.level == 1 && monitor_dead_ && !monitor_answered_; }
  std::string log() const;  // for people: a section for each thing that was tried

 private:
  enum class Wait { none, reply, agent, console, interval };

  void plan_hlt();
  void advance(Time now);
  bool skip(const Step& step);
  void begin(Time now);
  void await(Wait wait, util::Millis limit, Time now);
  void take_reply(const qmp::Reply& reply, Time now);
  void take_quiet(Time now);
  void step_done(std::string text, Time now);
  void give_up(const std::string& why, Time now);
  void abandon(const std::string& why, Time now);
  void name_addresses();
  void finish(Time now);

  DiagnosisSetup setup_;
  HangFacts facts_;
  Time began_, due_, end_, step_end_;
  std::deque<Step> todo_;
  std::optional<Step> step_;
  Wait wait_ = Wait::none;
  std::vector<Ask> asks_;
  std::string heard_;      // of the console, since the step began
  std::string all_heard_;  // and since the diagnosis did
  bool monitor_dead_ = false, monitor_answered_ = false, sysrq_dead_ = false, over_ = false;
  std::string no_input_;  // why sysrq keys cannot be typed
  HangLog log_;
  model::Hang hang_;
};

}  // namespace kproof::run
