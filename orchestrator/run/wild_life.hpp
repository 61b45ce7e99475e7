// A guest that does anything at all, as bytes say: for the fuzzers and the property tests.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/messages.hpp"
#include "run/level_watch.hpp"
#include "run/session.hpp"
#include "run/short_deadlines.hpp"

namespace kproof::run::wild {

class Dice {
 public:
  explicit Dice(std::string_view bytes) : bytes_(bytes) {}
  bool empty() const { return bytes_.empty(); }
  unsigned below(unsigned n) {
    if (bytes_.empty()) return 0;
    const auto byte = static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(1);
    return byte % n;
  }
  bool coin() { return below(2) != 0; }
  std::string_view some() {
    const std::string_view piece = bytes_.substr(0, below(64));
    bytes_.remove_prefix(piece.size());
    return piece;
  }

 private:
  std::string_view bytes_;
};

inline Deadlines short_deadlines(Dice& dice) {
  return run::short_deadlines(std::chrono::seconds(dice.coin() ? 10 : 0), 4096);
}

// Often what an honest agent would send, else anything.
inline std::string payload(agent::Type type, Dice& dice) {
  using agent::Type;
  if (dice.below(8) == 0) return std::string(dice.below(255) * 64, 'x');
  if (dice.below(4) == 0) return std::string(dice.some());
  switch (type) {
    case Type::hello:
      return to_json(agent::Hello{1, "6.1", "Linux version 6.1", dice.coin() ? "a" : "b"});
    case Type::case_ended:
      return to_json(agent::CaseEnded{});
    case Type::bye:
      return to_json(agent::Bye{});
    case Type::inner_ended:
      return to_json(agent::InnerEnded{.signal = dice.coin() ? 9 : 0});
    case Type::examined:
      return to_json(agent::Examined{});
    case Type::facts:
      return agent::to_json(
          agent::Facts{{std::string(1, static_cast<char>('a' + dice.below(26))), "1"}});
    case Type::kmsg:
      return "4,1,1000,-;a line\n";
    case Type::inner_console:
      return dice.coin() ? "[    2.000000] reboot: Power down\n"
                         : "[    1.000000] kproof-canary n1 end\n";
    case Type::inner_answered:
      return std::array{R"({"event": "SHUTDOWN", "data": {"reason": "guest-shutdown"}})",
                        R"({"event": "SHUTDOWN", "data": {"reason": "guest-reset"}})",
                        R"({"event": "STOP"})", R"({"return": {"status": "internal-error"}})",
                        R"({"return": {}})"}[dice.below(5)] +
             std::string("\n");
    default:
      return "";
  }
}

inline agent::Frame frame(Dice& dice) {
  // What leads on comes more often than chance would have it.
  using agent::Type;
  constexpr std::array kLikely{Type::hello,     Type::case_started,  Type::case_ended,
                               Type::bye,       Type::inner_started, Type::inner_console,
                               Type::heartbeat, Type::pong,          Type::inner_answered};
  const Type type =
      dice.below(4) != 0 ? kLikely[dice.below(kLikely.size())] : static_cast<Type>(dice.below(80));
  return {type, 1, payload(type, dice)};
}

inline Event event(Dice& dice) {
  const auto cause = [&] {
    return std::array{"guest-shutdown", "guest-reset", "guest-panic", "host-signal",
                      ""}[dice.below(5)];
  };
  switch (dice.below(14)) {
    case 0:
      return Started{};
    case 1:
      return StreamBroken{"x"};
    case 2:
      return ConsoleSaw{.panicked = dice.below(16) == 0,
                        .power_down = dice.coin(),
                        .restarting = dice.coin(),
                        .powered_off = dice.coin(),
                        .bytes = dice.below(255) * 17u,
                        .oopsed = dice.coin(),
                        .reports = dice.below(4)};
    case 3:
      return ShutdownSaid{cause()};
    case 4:
      return CpusStopped{
          std::array{"running", "paused", "internal-error", "guest-panicked"}[dice.below(4)], ""};
    case 5:
      return PanicDevice{};
    case 6:
      return GuestGone{};
    case 7:
      return QemuGone{"x"};
    case 8:
      return KvmFault{"x"};
    case 9:
      return OuterEnded{};
    case 10:
      return OopsChecked{dice.coin()};
    case 11:
      return Examined{{}, dice.coin()};
    case 12:
      return Asked{static_cast<agent::Type>(dice.below(80))};
    default:
      return Tick{};
  }
}

// What was seen that an orderly end needs.
struct Evidence {
  bool bye = false, powered_off = false;
  std::string cause;

  void note(const Event& event) {
    if (const auto* saw = std::get_if<ConsoleSaw>(&event)) powered_off = saw->powered_off;
    if (const auto* said = std::get_if<ShutdownSaid>(&event); said && cause.empty())
      cause = said->cause;
    if (const auto* arrived = std::get_if<FrameArrived>(&event))
      bye |= arrived->frame.type == agent::Type::bye;
  }
};

// `require(holds, what)` is called for each property of each step.
template <class Require>
void live_in_session(std::string_view bytes, Require require) {
  Dice dice(bytes);
  const Deadlines deadlines = short_deadlines(dice);
  Time now{};
  const Time end = now + whole(deadlines);
  Session session(deadlines, now);
  Evidence seen;
  while (!dice.empty() && !session.over()) {
    now = std::min(now + std::chrono::milliseconds(dice.below(4) == 0 ? dice.below(255) * 40 : 0),
                   end);
    const Event next = dice.coin() ? Event{FrameArrived{frame(dice)}} : event(dice);
    seen.note(next);
    session.handle(next, now);
    require(session.next_deadline() <= end, "no event puts off the end");
    require(session.outcome().prepare_errors.size() <= 256, "what is kept is bounded");
    require(session.outcome().phases.size() <= 6, "a phase begins once");
  }
  session.handle(Tick{}, end);
  require(session.over(), "it is over at its whole time");
  if (std::holds_alternative<model::Orderly>(session.outcome().end)) {
    require(seen.bye, "orderly: the agent said bye");
    require(seen.powered_off, "orderly: the kernel said that it powers off");
    require(seen.cause == "guest-shutdown", "orderly: QEMU said that the guest powered off");
  }
}

template <class Require>
void live_in_level(std::string_view bytes, const std::filesystem::path& directory,
                   Require require) {
  Dice dice(bytes);
  LevelJob job{.job = {.nonce = "n1"}, .deadlines = short_deadlines(dice), .diagnosis_mark = "m"};
  const LevelFiles files{directory, dice.coin() ? 2 : 1};
  Time now{};
  LevelWatch watch(job, files);
  if (files.level == 1 || dice.coin()) watch.prepare(now);
  std::optional<Time> end;
  bool bye = false, reason = false;
  while (!dice.empty() && !watch.over()) {
    now += std::chrono::milliseconds(dice.below(4) == 0 ? dice.below(255) * 40 : 0);
    agent::Frame next = frame(dice);
    next.level = static_cast<std::uint8_t>(files.level);
    bye |= next.type == agent::Type::bye;
    reason |= next.payload.find("guest-shutdown") != next.payload.npos;
    if (dice.below(4) == 0) watch.look(now);
    if (dice.coin()) watch.tell(Tick{}, now);
    watch.take(next, now);
    watch.take_asks();
    if (!end && watch.begun()) end = now + whole(job.deadlines);
    if (const auto due = watch.next_deadline()) require(*due <= *end, "no frame puts off the end");
  }
  if (!watch.begun()) return;
  watch.tell(Tick{}, *end + std::chrono::hours(1));  // its diagnosis, if there is one
  watch.tell(Tick{}, *end + std::chrono::hours(1));
  require(watch.over(), "it is over at its whole time");
  std::size_t facts = 0;
  for (const auto& [file, text] : watch.record().facts)
    facts += file.size() + text.size();
  require(facts <= 256 << 10, "what is kept is bounded");
  require(std::filesystem::file_size(files.kmsg()) <= job.deadlines.console, "so are the logs");
  if (std::holds_alternative<model::Orderly>(watch.record().outcome.end))
    require(bye && reason, "orderly: the agent said bye, and QEMU that the guest powered off");
}

}  // namespace kproof::run::wild
