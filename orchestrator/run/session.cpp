#include "run/session.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace kproof::run {
using agent::Type;
using model::Phase;

static util::Millis between(Time from, Time to) {
  return std::chrono::duration_cast<util::Millis>(to - from);
}

Session::Session(Deadlines deadlines, Time now)
    : deadlines_(deadlines), phase_began_(now), last_heard_(now) {}

std::vector<Action> Session::handle(const Event& event, Time now) {
  if (over_) return {};
  return std::visit([&](const auto& e) { return on(e, now); }, event);
}

void Session::enter(Phase phase, Time now) {
  outcome_.phases.push_back({.phase = phase_, .duration = between(phase_began_, now)});
  phase_ = phase;
  phase_began_ = now;
}

Session::Actions Session::finish(model::GuestEnd end, Time now) {
  outcome_.phases.push_back({.phase = phase_, .duration = between(phase_began_, now)});
  outcome_.end = std::move(end);
  over_ = true;
  return {Action::stop};
}

Session::Actions Session::nonsense(const std::string& what, Time now) {
  return finish(model::BadAgent{phase_, what}, now);
}

Session::Actions Session::on(const Started&, Time now) {
  enter(Phase::boot, now);
  last_heard_ = now;
  return {};
}

Session::Actions Session::on(const FrameArrived& event, Time now) {
  const agent::Frame& frame = event.frame;
  last_heard_ = now;
  nudged_.reset();
  if (silent_) return {};
  if (!hello_ && frame.type != Type::hello)
    return nonsense(fmt::format("frame type {} before hello", static_cast<int>(frame.type)), now);
  switch (frame.type) {
    case Type::hello:
      return on_hello(frame.payload, now);
    case Type::prepare_error:
      outcome_.prepare_errors.push_back(frame.payload);
      return {};
    case Type::case_started:
      enter(Phase::test, now);
      return {};
    case Type::case_ended:
      return on_case_ended(frame.payload, now);
    case Type::bye:
      return on_bye(frame.payload, now);
    case Type::pong:
      if (!pinged_ || case_examined_) return {};
      case_examined_ = true;
      if (deadlines_.examine.count() > 0) return {Action::examine_case};
      aborted_ = now;
      return {Action::send_abort};
    case Type::heartbeat:
    case Type::facts:
    case Type::examined:
    case Type::kmsg:
    case Type::case_stdout:
    case Type::case_stderr:
      return {};
    default:
      return nonsense(
          fmt::format("frame type {} is not the agent's to send", static_cast<int>(frame.type)),
          now);
  }
}

Session::Actions Session::on_hello(const std::string& json, Time now) {
  std::string error;
  const auto hello = agent::parse_hello(json, error);
  if (!hello) return nonsense("hello: " + error, now);
  if (hello_) return finish(model::Rebooted{phase_}, now);
  hello_ = hello;
  enter(Phase::prepare, now);
  return {Action::send_job};
}

Session::Actions Session::on_case_ended(const std::string& json, Time now) {
  std::string error;
  const auto ended = agent::parse_case_ended(json, error);
  if (!ended) return nonsense("case_ended: " + error, now);
  outcome_.exit = model::CaseExit{ended->exit_code, ended->signal, ended->aborted};
  enter(Phase::poweroff, now);
  return {};
}

Session::Actions Session::on_bye(const std::string& json, Time now) {
  std::string error;
  const auto bye = agent::parse_bye(json, error);
  if (!bye) return nonsense("bye: " + error, now);
  outcome_.taint = model::Taint{bye->taint_before, bye->taint_after};
  bye_ = true;
  if (phase_ != Phase::poweroff) enter(Phase::poweroff, now);
  return {};
}

Session::Actions Session::on(const StreamBroken& event, Time now) {
  return nonsense(event.what, now);
}

Session::Actions Session::on(const ConsoleSaw& event, Time now) {
  if (silent_) return {};  // what the kernel says now, it was asked for
  console_ = event;
  if (event.bytes > deadlines_.console) return finish(model::Flooded{phase_, event.bytes}, now);
  if (event.panicked && !died_) died_ = now;
  if (event.oopsed && event.reports > cleared_ && !suspected_) suspected_ = now;
  return {};
}

// The report has had its time.
Session::Actions Session::on_suspicion(Time now) {
  suspected_ = now;
  return {Action::check_oops};
}

Session::Actions Session::on(const OopsChecked& event, Time now) {
  if (event.real) return finish(model::Oopsed{phase_}, now);
  suspected_.reset();
  cleared_ = console_.reports;
  return {};
}

Session::Actions Session::on(const ResetAsked&, Time) {
  reset_asked_ = true;
  return {};
}

Session::Actions Session::on(const PanicDevice&, Time now) {
  if (silent_) return {};
  console_.panicked = true;
  if (!died_) died_ = now;
  return {};
}

// An end that nobody asked for has the name of the kernel's last words.
Session::Actions Session::on_gone(model::GuestEnd if_unexplained, Time now) {
  if (silent_) return finish(*silent_, now);
  if (console_.panicked) return finish(model::Panicked{phase_}, now);
  if (bye_) return finish(model::Orderly{}, now);
  if (console_.power_down && !console_.agent_problem.empty())
    return finish(model::Unreachable{phase_, console_.agent_problem}, now);
  if (console_.power_down) return finish(model::PoweredOff{phase_}, now);
  if (console_.restarting || reset_asked_) return finish(model::Rebooted{phase_}, now);
  return finish(std::move(if_unexplained), now);
}

Session::Actions Session::on(const GuestGone&, Time now) {
  return on_gone(model::Rebooted{phase_}, now);
}

Session::Actions Session::on(const QemuGone& event, Time now) {
  if (silent_) return finish(*silent_, now);
  if (console_.panicked) return finish(model::Panicked{phase_}, now);
  return finish(model::HostFault{phase_, "QEMU " + event.how}, now);
}

Session::Actions Session::on(const KvmFault& event, Time now) {
  if (silent_) return finish(*silent_, now);
  if (console_.panicked) return finish(model::Panicked{phase_}, now);
  return finish(model::KvmFailed{phase_, event.what}, now);
}

Session::Actions Session::on(const OuterEnded&, Time now) {
  return on_gone(model::OuterGone{}, now);
}

// The case is over its time. Nobody is blamed before the agent had its chance to answer.
Session::Actions Session::on_late(Time now) {
  if (!pinged_) {
    pinged_ = now;
    return {Action::send_ping};
  }
  if (!case_examined_ && now - *pinged_ >= deadlines_.ping)
    return suspect({phase_, between(last_heard_, now)}, now);
  if (aborted_ &&
      now - *aborted_ >= deadlines_.silence)  // the agent lives, but the case cannot be killed
    return finish(model::Silent{phase_, between(*aborted_, now), "end of the killed case"}, now);
  return {};
}

// The end is known; what is not is what kind of a silence it is.
Session::Actions Session::suspect(model::Silent silent, Time now) {
  if (deadlines_.examine.count() == 0) return finish(silent, now);
  silent_ = silent;
  return {Action::examine_kernel};
}

Session::Actions Session::on(const Examined& event, Time now) {
  outcome_.hang = event.hang;
  if (silent_ && event.qemu_is_mute)
    return finish(
        model::HostFault{phase_, "QEMU's monitor does not answer, and the guest is silent"}, now);
  if (silent_) return finish(*silent_, now);
  if (!case_examined_ || aborted_) return {};
  aborted_ = now;
  return {Action::send_abort};
}

// How long it must be silent to be asked whether it is there; the answer's time is up when that of
// the silence is.
util::Millis Session::until_ping() const {
  return deadlines_.silence - std::min(deadlines_.ping, deadlines_.silence / 2);
}

Session::Actions Session::on_silence(Time now) {
  if (now - last_heard_ >= deadlines_.silence)
    return suspect({phase_, between(last_heard_, now)}, now);
  if (nudged_ || now - last_heard_ < until_ping()) return {};
  nudged_ = now;
  return {Action::send_ping};
}

Session::Actions Session::on(const Tick&, Time now) {
  const auto in_phase = between(phase_began_, now);
  if (died_ && now - *died_ >= deadlines_.last_words) return finish(model::Panicked{phase_}, now);
  if (silent_ || (case_examined_ && !aborted_)) return {};  // the playbook keeps its own time
  if (suspected_ && !died_ && now - *suspected_ >= deadlines_.last_words) return on_suspicion(now);
  if (hello_ && !bye_) {
    Actions actions = on_silence(now);
    if (!actions.empty()) return actions;
  }
  if (phase_ == Phase::test) return in_phase >= deadlines_.test ? on_late(now) : Actions{};
  const auto limit = phase_ == Phase::poweroff ? deadlines_.poweroff : deadlines_.boot;
  if (in_phase >= limit) return suspect({phase_, in_phase, awaited()}, now);
  return {};
}

// What ends the phase.
std::string Session::awaited() const {
  if (phase_ == Phase::poweroff) return bye_ ? "end of the guest" : "bye of the agent";
  return phase_ == Phase::prepare ? "start of the case" : "hello of the agent";
}

Time Session::next_deadline() const {
  Time next = phase_began_ + (phase_ == Phase::test       ? deadlines_.test
                              : phase_ == Phase::poweroff ? deadlines_.poweroff
                                                          : deadlines_.boot);
  if (pinged_) next = aborted_ ? *aborted_ + deadlines_.silence : *pinged_ + deadlines_.ping;
  if (hello_ && !bye_)
    next = std::min(next, last_heard_ + (nudged_ ? deadlines_.silence : until_ping()));
  if (suspected_) next = std::min(next, *suspected_ + deadlines_.last_words);
  if (silent_ || (case_examined_ && !aborted_)) next = Time::max();
  if (died_) next = std::min(next, *died_ + deadlines_.last_words);
  return next;
}

}  // namespace kproof::run
