#include "run/level_watch.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "util/files.hpp"
#include "virt/qemu_log.hpp"

namespace kproof::run {
using agent::Type;

static constexpr std::size_t kMostOutput = 16 << 20;  // of a case's stdout, and of its stderr

LevelWatch::LevelWatch(const LevelJob& job, const LevelFiles& files)
    : job_(job),
      files_(files),
      tail_(files.console(), job.job.nonce),
      kmsg_(files.kmsg(), job.deadlines.console),
      out_(files.ktap(), kMostOutput),
      err_(files.errors(), kMostOutput) {
  if (files.level == 1) return;
  console_.emplace(files.console(), job.deadlines.console + 1);  // one over: that ends the guest
  qemu_.emplace(files.qemu(), kMostOutput);
}

void LevelWatch::prepare(Time now) {
  session_.emplace(job_.deadlines, now);
}

std::optional<Time> LevelWatch::next_deadline() const {
  if (!session_ || session_->over()) return std::nullopt;
  const Time due = session_->next_deadline();
  return diagnosis_ && !diagnosis_->over() ? std::min(due, diagnosis_->next_deadline()) : due;
}

static void append(std::vector<Action>& actions, const std::vector<Action>& more) {
  actions.insert(actions.end(), more.begin(), more.end());
}

static bool is_end(const Event& event) {
  return std::holds_alternative<GuestGone>(event) || std::holds_alternative<QemuGone>(event) ||
         std::holds_alternative<KvmFault>(event) || std::holds_alternative<OuterEnded>(event);
}

std::vector<Action> LevelWatch::tell(const Event& event, Time now) {
  if (!session_) return {};
  std::vector<Action> actions;
  if (diagnosis_ && is_end(event)) diagnosis_->on_gone(now);
  if (diagnosis_ && std::holds_alternative<Tick>(event)) diagnosis_->on_tick(now);
  append(actions, conclude(now));
  append(actions, obey(session_->handle(event, now), now));
  return actions;
}

// What needs nothing but the logs and the diagnosis is done here; the rest is the runner's to do.
std::vector<Action> LevelWatch::obey(const std::vector<Action>& actions, Time now) {
  std::vector<Action> rest;
  for (const Action action : actions) {
    if (action == Action::examine_case)
      append(rest, examine(true, now));
    else if (action == Action::examine_kernel)
      append(rest, examine(false, now));
    else if (action == Action::check_oops)
      append(rest, tell(OopsChecked{observe(files_, job_.job.nonce).oopsed}, now));
    else
      rest.push_back(action);
  }
  return rest;
}

std::vector<Action> LevelWatch::examine(bool agent_answers, Time now) {
  agent_answers_ = agent_answers;
  record_.diagnosis_output.mark = job_.diagnosis_mark;
  if (!agent_answers)
    record_.diagnosis_output.from = DiagnosisOutput::Offsets{tail_.bytes(), kmsg_.size()};
  std::string ping = "answered: the kernel lives, the case hangs";
  if (!agent_answers)
    ping = session_->pinged() ? "not answered" : "not sent: no answer could be awaited";
  diagnosis_.emplace(DiagnosisSetup{.level = files_.level,
                                    .phase = session_->phase(),
                                    .hello = session_->hello().has_value(),
                                    .agent_answers = agent_answers,
                                    .ping = ping,
                                    .console_bytes = tail_.bytes(),
                                    .last_line = tail_.last_line(),
                                    .console = job_.console_of_qemu.empty() ? files_.console()
                                                                            : job_.console_of_qemu,
                                    .input = job_.console_input,
                                    .dump = job_.memory_dump,
                                    .mark = job_.diagnosis_mark,
                                    .address_names = job_.address_names,
                                    .times = diagnosis_times(job_.deadlines.examine)},
                     now);
  return conclude(now);
}

std::vector<Action> LevelWatch::conclude(Time now) {
  if (!diagnosis_ || !diagnosis_->over() || std::exchange(concluded_, true)) return {};
  util::write_file_atomically(files_.hang(), diagnosis_->log());
  return obey(session_->handle(Examined{diagnosis_->hang(), diagnosis_->qemu_is_mute()}, now), now);
}

std::vector<Action> LevelWatch::look(Time now) {
  const ConsoleSaw saw = tail_.look([&](std::string_view bytes) {
    if (diagnosis_ && !agent_answers_) diagnosis_->on_console(bytes, now);
  });
  reports_ = saw.reports;
  return tell(saw, now);
}

std::vector<Action> LevelWatch::take_reply(std::string_view line, Time now) {
  if (const auto event = qmp::parse_event(line)) return take_event(*event, now);
  if (!qmp::parse_reply(line)) return {};  // the greeting
  OnReply then;
  if (!awaited_.empty()) {
    then = std::move(awaited_.front());
    awaited_.pop_front();
  }
  if (then) {
    now_ = now;
    then(std::string(line));
    return std::exchange(of_replies_, {});
  }
  if (diagnosis_) diagnosis_->on_reply(line, now);
  return conclude(now);
}

// A stop says nothing of its reason, the state does. While a diagnosis runs it may be its own.
std::vector<Action> LevelWatch::take_event(const qmp::Event& event, Time now) {
  if (event.name == "SHUTDOWN" || event.name == "RESET")
    return tell(ShutdownSaid{event.reason}, now);
  constexpr std::size_t kMostAsks = 4;  // awaited at a time
  const bool ours = diagnosis_ && !diagnosis_->over();
  if (event.name == "STOP" && !ours && asked_state_ < kMostAsks) ask_state();
  return {};
}

void LevelWatch::ask_state() {
  ++asked_state_;
  ask({qmp::command("query-status")}, [this](const std::string& line) {
    --asked_state_;
    const std::string state = qmp::parse_state(line);
    const bool by_user = excused_ && (state == "paused" || state == "debug");
    if (!state.empty() && !by_user) of_replies_ = tell(CpusStopped{state, qemu_words()}, now_);
  });
}

void LevelWatch::ask(AskMonitor question, OnReply then) {
  asks_.push_back(std::move(question));
  unsent_.push_back(then ? std::move(then) : [](const std::string&) {});
}

std::vector<Ask> LevelWatch::take_asks() {
  std::vector<Ask> asks = std::exchange(asks_, {});
  for (OnReply& then : std::exchange(unsent_, {}))
    awaited_.push_back(std::move(then));
  if (!diagnosis_) return asks;
  for (Ask& ask : diagnosis_->take_asks()) {
    if (std::holds_alternative<AskAgent>(ask)) session_->handle(Asked{Type::examined}, Time{});
    if (std::holds_alternative<AskMonitor>(ask) || std::holds_alternative<DumpMemory>(ask))
      awaited_.emplace_back();
    asks.push_back(std::move(ask));
  }
  return asks;
}

// What its QEMU said of KVM, else what it said last.
std::string LevelWatch::qemu_words() const {
  const std::filesystem::path& log = files_.level == 1 ? job_.qemu_log : files_.qemu();
  std::error_code ignored;  // a daemon's log may not be ours to read
  if (log.empty() || !std::filesystem::is_regular_file(log, ignored)) return "";
  const std::string text = util::read_file(log);
  const std::string fault = qmp::kvm_fault(text);
  return fault.empty() ? virt::last_words(text) : fault;
}

// The texts of whole records, a line each.
static std::string texts_of(const std::string& records) {
  std::string texts;
  std::istringstream lines(records);
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with(' ')) texts += line.substr(line.find(';') + 1) + "\n";
  return texts;
}

void LevelWatch::take_kmsg(const std::string& records, Time now) {
  if (diagnosis_ && agent_answers_) diagnosis_->on_console(texts_of(records), now);
}

// A case that forges frames must not be able to confuse us: what has no place is not even logged.
std::vector<Action> LevelWatch::take(const agent::Frame& frame, Time now) {
  if (frame.type == Type::inner_started && !session_ && files_.level > 1) return take_start(now);
  if (!session_) {
    prepare(now);
    return tell(StreamBroken{"it speaks before its QEMU was started"}, now);
  }
  if (is_about_inner(frame.type) && files_.level == 1)
    return tell(StreamBroken{"L1 is said to be a guest inside"}, now);
  const bool was_over = over();
  std::vector<Action> actions = tell(FrameArrived{frame}, now);
  if (over() && !was_over) return actions;
  keep(frame);
  if (!was_over)
    append(actions, is_about_inner(frame.type) ? take_about_inner(frame, now) : use(frame, now));
  return actions;
}

// Last words are kept, too, of a guest that is over already.
void LevelWatch::keep(const agent::Frame& frame) {
  if (frame.type == Type::kmsg) kmsg_.append(frame.payload);
  if (frame.type == Type::case_stdout) out_.append(frame.payload);
  if (frame.type == Type::case_stderr) err_.append(frame.payload);
  if (frame.type == Type::inner_console) console_->append(frame.payload);
  if (frame.type == Type::inner_said) qemu_->append(frame.payload);
}

std::vector<Action> LevelWatch::take_start(Time now) {
  prepare(now);
  ask({qmp::command("qmp_capabilities")}, [](const auto&) {});  // before this QEMU tells nothing
  return tell(Started{}, now);
}

// What the session has no use for.
std::vector<Action> LevelWatch::use(const agent::Frame& frame, Time now) {
  if (frame.type == Type::kmsg) take_kmsg(frame.payload, now);
  if (frame.type == Type::heartbeat) set_clock(frame.payload, now);
  if (frame.type == Type::facts && !take_facts(frame.payload))
    return tell(StreamBroken{"facts that are no JSON object of texts"}, now);
  if (frame.type == Type::examined) return take_examined(frame.payload, now);
  return {};
}

std::vector<Action> LevelWatch::take_about_inner(const agent::Frame& frame, Time now) {
  switch (frame.type) {
    case Type::inner_said:
      return take_said(frame.payload, now);
    case Type::inner_ended:
      return take_end(frame.payload, now);
    case Type::inner_answered:
      return take_answered(frame.payload, now);
    case Type::inner_nonsense:
      return tell(StreamBroken{frame.payload}, now);
    default:
      return {};
  }
}

bool LevelWatch::take_facts(const std::string& json) {
  std::string error;
  auto facts = agent::parse_facts(json, error);
  if (!facts) return false;
  for (auto& [file, text] : *facts)
    record_.facts[file] = std::move(text);
  return true;
}

std::vector<Action> LevelWatch::take_said(const std::string& bytes, Time now) {
  constexpr std::size_t kLongest = 4096;
  std::vector<Action> actions;
  for (const char c : bytes) {
    if (c != '\n') {
      if (saying_.size() < kLongest) saying_ += c;
      continue;
    }
    if (actions.empty() && !qmp::kvm_fault(saying_).empty()) actions = tell(KvmFault{saying_}, now);
    said_ = std::exchange(saying_, {});
  }
  return actions;
}

std::vector<Action> LevelWatch::take_end(const std::string& json, Time now) {
  std::string error;
  const auto ended = agent::parse_inner_ended(json, error);
  if (!ended) return tell(StreamBroken{"inner_ended: " + error}, now);
  look(now);  // its last words
  if (ended->signal == 0 && ended->exit_code == 0) return tell(GuestGone{}, now);
  std::string how = ended->signal ? fmt::format("was killed by signal {} ({})", ended->signal,
                                                ::strsignal(ended->signal))
                                  : fmt::format("exited with {}", ended->exit_code);
  const std::string& words = saying_.empty() ? said_ : saying_;
  if (!words.empty()) how += fmt::format("; it said: {}", words);
  return tell(QemuGone{how}, now);
}

std::vector<Action> LevelWatch::take_answered(const std::string& bytes, Time now) {
  constexpr std::size_t kLongest = 1 << 20;
  std::vector<Action> actions;
  for (const char c : bytes) {
    if (c == '\n')
      append(actions, take_reply(std::exchange(answered_, {}), now));
    else if (answered_.size() < kLongest)
      answered_ += c;
  }
  return actions;
}

std::vector<Action> LevelWatch::take_examined(const std::string& json, Time now) {
  std::string error;
  const auto examined = agent::parse_examined(json, error);
  if (!examined) return tell(StreamBroken{"examined: " + error}, now);
  if (diagnosis_) diagnosis_->on_examined(*examined, now);
  return conclude(now);
}

std::optional<std::string> LevelWatch::take_complaint() {
  const std::size_t before = std::exchange(complaints_, tail_.reports());
  if (complaints_ == before || diagnosis_) return std::nullopt;  // it asked the kernel for it
  return tail_.last_report();
}

void LevelWatch::close_logs() {
  if (!record_.diagnosis_output.from)
    record_.diagnosis_output.from = DiagnosisOutput::Offsets{tail_.bytes(), kmsg_.size()};
}

void LevelWatch::set_clock(const std::string& usec, Time now) {
  if (excused_) return;
  std::int64_t theirs = 0;
  if (std::from_chars(usec.data(), usec.data() + usec.size(), theirs).ec != std::errc()) return;
  const Time wall = now + starved_;
  const auto ours =
      std::chrono::duration_cast<std::chrono::microseconds>(wall.time_since_epoch()).count();
  const std::int64_t offset = ours - theirs;
  if (!record_.clock_offset || offset < *record_.clock_offset) record_.clock_offset = offset;
}

LevelRecord LevelWatch::record() const {
  LevelRecord record = record_;
  record.output_dropped = out_.dropped();
  if (!session_) return record;
  record.outcome = session_->outcome();
  for (model::PhaseTime& phase : record.outcome.phases)
    phase.level = files_.level;
  if (record.outcome.hang) record.outcome.hang->level = files_.level;
  if (const auto& hello = session_->hello()) {
    record.release = hello->release;
    record.hypervisor = hello->hypervisor;
  }
  return record;
}

}  // namespace kproof::run
