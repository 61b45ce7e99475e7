#include "run/ending.hpp"

#include <fmt/format.h>

namespace kproof::run {

static bool was_reset(const LastWords& words) {
  return words.cause == "guest-reset" || words.cause == "subsystem-reset" ||
         (words.cause.empty() && words.restarting);
}

static model::GuestEnd after_bye(const LastWords& words) {
  if (was_reset(words)) return model::Rebooted{words.phase, words.restarting};
  if (words.cause.empty()) return model::Unproven{words.phase, "QEMU did not say why it ended"};
  if (words.cause != "guest-shutdown")
    return model::Unproven{words.phase, fmt::format("QEMU says that it ended by {}", words.cause)};
  if (!words.powered_off)
    return model::Unproven{words.phase, "its console does not show that the kernel powered off"};
  return model::Orderly{};
}

static model::GuestEnd before_bye(const LastWords& words) {
  const bool off = words.cause == "guest-shutdown" || (words.cause.empty() && words.power_down);
  if (off && !words.agent_problem.empty())
    return model::Unreachable{words.phase, words.agent_problem};
  if (off) return model::PoweredOff{words.phase};
  if (was_reset(words)) return model::Rebooted{words.phase, words.restarting};
  return model::Unproven{words.phase, "neither its kernel nor QEMU said why it ended"};
}

model::GuestEnd ending(const LastWords& words) {
  if (words.panicked || words.cause == "guest-panic") return model::Panicked{words.phase};
  if (words.cause.starts_with("host-"))
    return model::HostFault{words.phase,
                            fmt::format("QEMU was ended from outside ({})", words.cause)};
  return words.bye ? after_bye(words) : before_bye(words);
}

void blame_starvation(model::RunOutcome& outcome, util::Millis starved) {
  const auto* silent = std::get_if<model::Silent>(&outcome.end);
  const bool late = outcome.exit && outcome.exit->timed_out;
  if (!silent && !late) return;
  outcome.exit.reset();
  outcome.end = model::HostFault{
      silent ? silent->phase : model::Phase::test,
      fmt::format("got no CPU of this host for {} and more, over three quarters of its time",
                  util::format_duration(starved))};
}

}  // namespace kproof::run
