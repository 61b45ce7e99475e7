#include "run/protocol.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "agent/messages.hpp"
#include "util/units.hpp"

namespace kproof::run {
using agent::Type;

static constexpr unsigned bit(Stage stage) {
  return 1u << static_cast<unsigned>(stage);
}
static constexpr unsigned kBoot = bit(Stage::boot), kPrepare = bit(Stage::prepare),
                          kTest = bit(Stage::test), kPoweroff = bit(Stage::poweroff),
                          kGone = bit(Stage::gone);
static constexpr unsigned kTalks = kPrepare | kTest | kPoweroff;
static constexpr unsigned kRuns = kBoot | kTalks | kGone;  // its QEMU does
static constexpr std::size_t kKiB = 1024, kFrame = agent::kMaxPayload;

// Counts and sizes are a few times what our agent sends; a heartbeat every 500 ms makes a million
// in six days. Of output and of what QEMU says, what is over the limit of a log is counted and not
// kept (level_watch.cpp).
static constexpr std::array<FrameRule, 24> kRules{{
    {Type::hello, "hello", kBoot, 1, 64 * kKiB, 64 * kKiB},
    {Type::heartbeat, "heartbeat", kTalks, 1 << 20, 20, kUnlimited},
    {Type::kmsg, "kmsg", kTalks, kUnlimited, kFrame, kConsoleLimit},
    {Type::prepare_error, "prepare_error", kPrepare | kTest, 256, 4 * kKiB, 64 * kKiB},
    {Type::facts, "facts", kPrepare | kTest, 64, 64 * kKiB, 256 * kKiB},
    {Type::case_started, "case_started", kPrepare, 1, 0, 0},
    {Type::case_stdout, "case_stdout", kTest, kUnlimited, kFrame, kUnlimited},
    {Type::case_stderr, "case_stderr", kTest, kUnlimited, kFrame, kUnlimited},
    {Type::case_ended, "case_ended", kTest, 1, 4 * kKiB, 4 * kKiB},
    {Type::bye, "bye", kTalks, 1, 4 * kKiB, 4 * kKiB},
    {Type::pong, "pong", kTalks, kAsAsked, 0, 0},
    {Type::examined, "examined", kTalks, kAsAsked, kFrame, 8 * kFrame},
    {Type::input_taken, "input_taken", kTest | kPoweroff, kAsAsked, 0, 0},
    {Type::trace, "trace", kTest | kPoweroff, kUnlimited, kFrame, agent::kMostTrace},
    {Type::traced, "traced", kTalks, 1, 256 * kKiB, 256 * kKiB},
    {Type::shell_output, "shell_output", kTalks, kUnlimited, kFrame, kUnlimited},
    {Type::shell_ended, "shell_ended", kTalks, kAsAsked, 4 * kKiB, kUnlimited},
    {Type::inner_started, "inner_started", bit(Stage::before), 1, 0, 0},
    {Type::inner_console, "inner_console", kRuns, kUnlimited, kFrame, kConsoleLimit},
    {Type::inner_said, "inner_said", kRuns, kUnlimited, kFrame, kUnlimited},
    {Type::inner_ended, "inner_ended", kRuns, 1, 4 * kKiB, 4 * kKiB},
    {Type::inner_nonsense, "inner_nonsense", kRuns, 1, 4 * kKiB, 4 * kKiB},
    {Type::inner_answered, "inner_answered", kRuns, kUnlimited, kFrame, kUnlimited},
    {Type::inner_gdb, "inner_gdb", kRuns, kUnlimited, kFrame, kUnlimited},
}};

std::span<const FrameRule> frame_rules() {
  return kRules;
}

static std::string number(std::size_t n, bool bytes) {
  if (n == kUnlimited) return "any";
  if (n == kConsoleLimit) return "`limits: console`";
  if (n == kAsAsked) return "as asked";
  return bytes && n >= kKiB ? util::format_size(n) : fmt::format("{}", n);
}

std::string frame_rules_text() {
  std::string text = "| frame |";
  for (const std::string_view stage : kStages)
    text += fmt::format(" {} |", stage);
  text += " frames | bytes of one | bytes of all |\n|---|---|---|---|---|---|---|---|---|---|\n";
  for (const FrameRule& rule : kRules) {
    text += fmt::format("| `{}` |", rule.name);
    for (unsigned stage = 0; stage < kStages.size(); ++stage)
      text += rule.stages & (1u << stage) ? " x |" : " |";
    text += fmt::format(" {} | {} | {} |\n", number(rule.count, false), number(rule.largest, true),
                        number(rule.total, true));
  }
  return text;
}

Breach ProtocolGuard::take(const agent::Frame& frame, Stage stage) {
  const auto rule = std::ranges::find(kRules, frame.type, &FrameRule::type);
  if (rule == kRules.end())
    return {fmt::format("frame type {} is not the agent's to send", index(frame.type))};
  const std::size_t size = frame.payload.size();
  Account& account = accounts_[index(frame.type)];
  ++account.count;
  account.bytes += size;
  if (!(rule->stages & bit(stage)))
    return {fmt::format("{} has no place in stage {}", rule->name,
                        kStages[static_cast<unsigned>(stage)])};
  const std::size_t most = rule->count == kAsAsked ? account.asked : rule->count;
  if (account.count > most)
    return {fmt::format("{} number {}, of at most {}", rule->name, account.count, most)};
  if (size > rule->largest)
    return {fmt::format("{} of {} bytes, which may have {}", rule->name, size, rule->largest)};
  if (rule->total == kConsoleLimit && account.bytes > console_)
    return {fmt::format("{} of {} bytes", rule->name, account.bytes), account.bytes};
  if (account.bytes > rule->total)
    return {fmt::format("{} of {} bytes in all, which may have {}", rule->name, account.bytes,
                        rule->total)};
  return {};
}

}  // namespace kproof::run
