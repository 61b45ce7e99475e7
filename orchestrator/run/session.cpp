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
    : deadlines_(deadlines),
      guard_(deadlines.console),
      began_(now),
      phase_began_(now),
      last_heard_(now) {}

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
  if (phase_ != Phase::start) return {};
  enter(Phase::boot, now);
  last_heard_ = now;
  return {};
}

Stage Session::stage() const {
  if (!hello_) return Stage::boot;
  if (bye_) return Stage::gone;
  if (phase_ == Phase::prepare) return Stage::prepare;
  return phase_ == Phase::test ? Stage::test : Stage::poweroff;
}

Session::Actions Session::on_breach(const Breach& breach, Time now) {
  if (silent_) return finish(*silent_, now);
  if (breach.flood > 0) return finish(model::Flooded{phase_, breach.flood}, now);
  return nonsense(breach.what, now);
}

Session::Actions Session::on(const FrameArrived& event, Time now) {
  const agent::Frame& frame = event.frame;
  if (frame.type == Type::hello && hello_ && !silent_) return on_hello(frame.payload, now);
  const Breach breach = guard_.take(frame, stage());
  if (!breach.what.empty()) return on_breach(breach, now);
  if (is_about_inner(frame.type)) return {};
  last_heard_ = now;
  nudged_.reset();
  return silent_ ? Actions{} : on_frame(frame, now);
}

// What has its place; the rest of them is for the logs.
Session::Actions Session::on_frame(const agent::Frame& frame, Time now) {
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
      return on_pong(now);
    default:
      return {};
  }
}

Session::Actions Session::on(const Asked& event, Time) {
  guard_.expect(event.answer);
  return {};
}

Session::Actions Session::ping(std::optional<Time>& sent, Time now) {
  sent = now;
  guard_.expect(Type::pong);
  return {Action::send_ping};
}

Session::Actions Session::on_pong(Time now) {
  if (!pinged_ || case_examined_) return {};
  case_examined_ = true;
  if (deadlines_.examine.count() > 0) return {Action::examine_case};
  aborted_ = now;
  return {Action::send_abort};
}

Session::Actions Session::on_hello(const std::string& json, Time now) {
  std::string error;
  const auto hello = agent::parse_hello(json, error);
  if (!hello) return nonsense("hello: " + error, now);
  if (hello_ && hello_->boot_id == hello->boot_id)
    return nonsense("hello, for the second time", now);
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
  if (!event.unreadable.empty()) return finish(model::HostFault{phase_, event.unreadable}, now);
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

// Only the first says what the guest did: libvirt ends QEMU by a signal then, which is another.
Session::Actions Session::on(const ShutdownSaid& event, Time) {
  if (cause_.empty()) cause_ = event.cause;
  return {};
}

Session::Actions Session::on(const PanicDevice&, Time now) {
  if (silent_) return {};
  console_.panicked = true;
  if (!died_) died_ = now;
  return {};
}

LastWords Session::last_words() const {
  return {.phase = phase_,
          .bye = bye_,
          .panicked = console_.panicked,
          .power_down = console_.power_down,
          .powered_off = console_.powered_off,
          .restarting = console_.restarting,
          .agent_problem = console_.agent_problem,
          .cause = cause_};
}

Session::Actions Session::on(const GuestGone&, Time now) {
  return finish(silent_ ? *silent_ : ending(last_words()), now);
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

// The diagnosis stops CPUs, for a dump of the memory; what it sees of a stop is told there.
Session::Actions Session::on(const CpusStopped& event, Time now) {
  if (is_examined()) return {};
  if (event.state == "running" || event.state == "shutdown") return {};
  if (event.state == "guest-panicked") return on(PanicDevice{}, now);
  const std::string words = event.words.empty() ? "" : "; it said: " + event.words;
  if (event.state == "internal-error")
    return on(KvmFault{event.words.empty() ? "QEMU's state is internal-error" : event.words}, now);
  return on(QemuGone{fmt::format("stopped the guest: its state is {}{}", event.state, words)}, now);
}

Session::Actions Session::on(const OuterEnded&, Time now) {
  if (silent_) return finish(*silent_, now);
  const LastWords words = last_words();
  if (words.panicked || !words.cause.empty()) return finish(ending(words), now);
  return finish(model::OuterGone{}, now);
}

// The case is over its time. Nobody is blamed before the agent had its chance to answer.
Session::Actions Session::on_late(Time now) {
  if (!pinged_) return ping(pinged_, now);
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
  return ping(nudged_, now);
}

Session::Actions Session::on(const Tick&, Time now) {
  const auto in_phase = between(phase_began_, now);
  if (now - began_ >= whole(deadlines_))
    return finish(
        silent_ ? *silent_ : model::Silent{phase_, between(began_, now), "end of the guest"}, now);
  if (died_ && now - *died_ >= deadlines_.last_words) return finish(model::Panicked{phase_}, now);
  if (is_examined()) return {};  // the diagnosis keeps its own time
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
  if (is_examined()) next = Time::max();
  if (died_) next = std::min(next, *died_ + deadlines_.last_words);
  return std::min(next, began_ + whole(deadlines_));
}

}  // namespace kproof::run
