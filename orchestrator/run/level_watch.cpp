#include "run/level_watch.hpp"

#include <charconv>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace kproof::run {
using agent::Type;

static constexpr std::size_t kMostOutput = 16 << 20;  // of a case's stdout, and of its stderr

LevelWatch::LevelWatch(const LevelJob& job, const LevelFiles& files)
    : job_(job),
      files_(files),
      tail_(files.console()),
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
  return session_->next_deadline();
}

std::vector<Action> LevelWatch::tell(const Event& event, Time now) {
  return session_ ? session_->handle(event, now) : std::vector<Action>{};
}

std::vector<Action> LevelWatch::look(Time now) {
  return tell(tail_.look(), now);
}

static bool is_about_inner(Type type) {
  return type >= Type::inner_started && type <= Type::inner_nonsense;
}

std::vector<Action> LevelWatch::take(const agent::Frame& frame, Time now) {
  if (is_about_inner(frame.type)) return take_about_inner(frame, now);
  if (frame.type == Type::kmsg) kmsg_.append(frame.payload);
  if (frame.type == Type::case_stdout) out_.append(frame.payload);
  if (frame.type == Type::case_stderr) err_.append(frame.payload);
  if (frame.type == Type::heartbeat) set_clock(frame.payload, now);
  if (frame.type == Type::facts && !take_facts(frame.payload))
    return tell(StreamBroken{"facts that are no JSON object of texts"}, now);
  return tell(FrameArrived{frame}, now);
}

// From the agent around. A case that forges one must not be able to confuse us.
std::vector<Action> LevelWatch::take_about_inner(const agent::Frame& frame, Time now) {
  if (files_.level == 1) return tell(StreamBroken{"L1 is said to be a guest inside"}, now);
  switch (frame.type) {
    case Type::inner_started:
      if (session_) return tell(StreamBroken{"it was started twice"}, now);
      prepare(now);
      return tell(Started{}, now);
    case Type::inner_console:
      console_->append(frame.payload);
      return {};
    case Type::inner_said:
      return take_said(frame.payload, now);
    case Type::inner_ended:
      return take_end(frame.payload, now);
    default:
      return tell(StreamBroken{frame.payload}, now);
  }
}

bool LevelWatch::take_facts(const std::string& json) {
  std::string error;
  auto facts = agent::parse_facts(json, error);
  if (!facts) return false;
  for (auto& [file, text] : *facts)
    story_.facts[file] = std::move(text);
  return true;
}

// QEMU's words when KVM_RUN failed or gave up. It keeps its guest paused then, for ever.
static bool is_kvm_fault(std::string_view line) {
  return line.find("KVM internal error") != std::string_view::npos ||
         line.find("kvm run failed") != std::string_view::npos;
}

std::vector<Action> LevelWatch::take_said(const std::string& bytes, Time now) {
  constexpr std::size_t kLongest = 4096;
  qemu_->append(bytes);
  std::vector<Action> actions;
  for (const char c : bytes) {
    if (c != '\n') {
      if (saying_.size() < kLongest) saying_ += c;
      continue;
    }
    if (actions.empty() && is_kvm_fault(saying_)) actions = tell(KvmFault{saying_}, now);
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

void LevelWatch::set_clock(const std::string& usec, Time now) {
  std::int64_t theirs = 0;
  if (std::from_chars(usec.data(), usec.data() + usec.size(), theirs).ec != std::errc()) return;
  const auto ours =
      std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
  const std::int64_t offset = ours - theirs;
  if (!story_.clock_offset || offset < *story_.clock_offset) story_.clock_offset = offset;
}

LevelStory LevelWatch::story() const {
  LevelStory story = story_;
  story.output_dropped = out_.dropped();
  if (!session_) return story;
  story.outcome = session_->outcome();
  for (model::PhaseTime& phase : story.outcome.phases)
    phase.level = files_.level;
  if (const auto& hello = session_->hello()) {
    story.release = hello->release;
    story.hypervisor = hello->hypervisor;
  }
  return story;
}

}  // namespace kproof::run
