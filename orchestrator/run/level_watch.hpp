// What the host knows of one guest while it runs, whatever its level: its session, its logs, and
// the difference of its clock to ours.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "agent/messages.hpp"
#include "run/console_tail.hpp"
#include "run/deadlines.hpp"
#include "run/diagnosis.hpp"
#include "run/files.hpp"
#include "run/observe.hpp"
#include "run/output.hpp"
#include "run/qmp.hpp"
#include "run/session.hpp"

namespace kproof::run {

// One guest of the cell, as it is to be run.
struct LevelJob {
  agent::Job job;  // with `inner`, when a guest is to run inside
  Deadlines deadlines;
  std::string diagnosis_mark;  // agent::Examine::mark
  // L1 only: where its console's input is made when it hangs, and its memory is dumped to; "": not.
  std::filesystem::path console_input = {}, memory_dump = {};
  // L1 only: what its QEMU opens its console by, once more, when it hangs; "": by its path.
  std::filesystem::path console_of_qemu = {};
  std::filesystem::path qemu_log = {};  // L1 only: where its QEMU writes its messages
  AddressNames address_names = {};      // of its kernel
};

// What became of it.
struct LevelRecord {
  model::RunOutcome outcome{.end = model::OuterGone{}};
  std::string release;               // uname -r, "" when there was no hello
  std::string hypervisor;            // CPUID's signature, as the guest saw it
  agent::Facts facts;                // files of this guest, as its agent told
  std::size_t output_dropped = 0;    // bytes of the case's stdout over its limit
  DiagnosisOutput diagnosis_output;  // what of the logs is the diagnosis's doing
  std::set<std::string> visits;      // how a user was in the guest (Hold::visits()); of L1 alone
  // Our clock minus the guest's, in microseconds: the least seen, as every frame is late but none
  // early. Empty without a heartbeat.
  std::optional<std::int64_t> clock_offset;
};

// Each `now` is the guest's (run/guest_clock.hpp).
class LevelWatch {
 public:
  // `job` must outlive it.
  LevelWatch(const LevelJob& job, const LevelFiles& files);

  // By this our clock is ahead of `now`.
  void starve(util::Millis so_far) { starved_ = so_far; }
  // Its phases begin, with its start.
  void prepare(Time now);
  bool begun() const { return session_.has_value(); }
  bool over() const { return session_ && session_->over(); }
  model::Phase phase() const { return session_ ? session_->phase() : model::Phase::start; }
  // That its console has begun so far, and what it ends with.
  std::size_t reports() const { return reports_; }
  std::string console_end() const { return tail_.end(); }
  bool is_examined() const { return diagnosis_.has_value(); }
  std::optional<Time> next_deadline() const;

  // What the agent, or the agent around it, sent: told, and logged if it has its place.
  std::vector<Action> take(const agent::Frame& frame, Time now);
  std::vector<Action> tell(const Event& event, Time now);
  std::vector<Action> look(Time now);  // at the console
  // A line from the monitor of its QEMU, an event or an answer; those of a guest inside come in
  // frames.
  std::vector<Action> take_reply(std::string_view line, Time now);
  // Of its QEMU's monitor, beside the diagnosis; `then` gets the line of the answer.
  using OnReply = std::function<void(const std::string& line)>;
  void ask(AskMonitor question, OnReply then);
  // What it, or its diagnosis, wants to have done since the last time.
  std::vector<Ask> take_asks();
  // A user was here: that its CPUs stand still may be his doing, and its clock says nothing more.
  void excuse_stops() { excused_ = true; }
  // What the kernel began to complain of on its console since the last time, of itself.
  std::optional<std::string> take_complaint();
  // What the logs say from here on is not read for findings: its end is known.
  void close_logs();
  const LevelJob& job() const { return job_; }
  LevelRecord record() const;

 private:
  std::vector<Action> take_start(Time now);
  void keep(const agent::Frame& frame);
  std::vector<Action> use(const agent::Frame& frame, Time now);
  std::vector<Action> take_about_inner(const agent::Frame& frame, Time now);
  bool take_facts(const std::string& json);
  std::vector<Action> take_event(const qmp::Event& event, Time now);
  void ask_state();
  std::string qemu_words() const;
  std::vector<Action> take_said(const std::string& bytes, Time now);
  std::vector<Action> take_end(const std::string& json, Time now);
  std::vector<Action> take_answered(const std::string& bytes, Time now);
  std::vector<Action> take_examined(const std::string& json, Time now);
  void take_kmsg(const std::string& records, Time now);
  void set_clock(const std::string& usec, Time now);
  std::vector<Action> obey(const std::vector<Action>& actions, Time now);
  std::vector<Action> examine(bool agent_answers, Time now);
  std::vector<Action> conclude(Time now);

  const LevelJob& job_;
  LevelFiles files_;
  std::optional<Session> session_;
  ConsoleTail tail_;
  OutputFile kmsg_, out_, err_;
  std::optional<OutputFile> console_, qemu_;  // of a guest inside, whose bytes come in frames
  std::string said_, saying_;                 // the last line of its QEMU, and the one unfinished
  // Of QEMU's monitor: what we ask beside the diagnosis, and who awaits an answer, in the order of
  // the questions; empty for the diagnosis.
  std::vector<Ask> asks_;
  std::vector<OnReply> unsent_;  // of asks_
  std::deque<OnReply> awaited_;
  Time now_{};                   // of the reply that is served
  std::size_t asked_state_ = 0;  // and not answered yet
  std::vector<Action> of_replies_;
  bool excused_ = false;
  std::size_t complaints_ = 0;  // that were taken
  std::optional<Diagnosis> diagnosis_;
  // With an agent that answers, the diagnosis listens to kmsg, which has all that sysrq brings; the
  // console of a guest inside has notices and worse only.
  bool agent_answers_ = false;
  bool concluded_ = false;  // the diagnosis's result was told
  util::Millis starved_{0};
  std::size_t reports_ = 0;
  std::string answered_;  // an unfinished line of the inner QEMU's monitor
  LevelRecord record_;
};

}  // namespace kproof::run
