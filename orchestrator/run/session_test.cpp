#include "run/session.hpp"

#include <doctest/doctest.h>

#include "run/story.hpp"

using namespace kproof;
using namespace kproof::run;

TEST_CASE("1: an orderly guest goes through all phases and its times add up") {
  Story story;
  story.now += 1s;
  story.happens(Started{});
  story.now += 2s;
  CHECK(story.says(Type::hello, to_json(agent::Hello{1, "6.1", "v", "id"})) ==
        Actions{Action::send_job});
  CHECK(story.session.phase() == Phase::prepare);
  story.says(Type::prepare_error, "module nfit: No such device");
  story.says(Type::case_started);
  story.lives(4s);
  story.says(Type::case_ended, kEnded);
  story.says(Type::bye, to_json(agent::Bye{1, 2}));
  story.now += 1s;
  CHECK(story.happens(GuestGone{}) == Actions{Action::stop});
  story.ended_as<model::Orderly>();
  const auto& outcome = story.session.outcome();
  CHECK(outcome.exit->exit_code == 0);
  CHECK(outcome.taint->after == 2);
  CHECK(outcome.prepare_errors == std::vector<std::string>{"module nfit: No such device"});
  REQUIRE(outcome.phases.size() == 5);
  CHECK(outcome.phases[0].duration == 1s);
  CHECK(outcome.phases[1].duration == 2s);
  CHECK(outcome.phases[3].duration == 4s);
  CHECK(outcome.phases[4].duration == 1s);
}

TEST_CASE("2: a guest that never says hello is silent at the boot's deadline") {
  Story story;
  story.happens(Started{});
  CHECK(story.session.next_deadline() == story.now + 10s);
  CHECK(story.passes(9999ms).empty());
  CHECK(story.passes(1ms) == Actions{Action::stop});
  CHECK(story.ended_as<model::Silent>().phase == Phase::boot);
  CHECK(story.ended_as<model::Silent>().missing == "hello of the agent");
}

TEST_CASE("2: an agent whose heart stops is silent long before the case's deadline") {
  Story story;
  story.runs_case();
  story.passes(5s);
  CHECK(story.ended_as<model::Silent>().after == 5s);
  CHECK(story.ended_as<model::Silent>().missing.empty());
}

TEST_CASE("2: a guest that says bye and does not power off is silent in that phase") {
  Story story;
  story.runs_case();
  story.says(Type::case_ended, kEnded);
  story.says(Type::bye, kBye);
  story.passes(3s);
  CHECK(story.ended_as<model::Silent>().phase == Phase::poweroff);
}

TEST_CASE("4: an end without bye has the name of the kernel's last words") {
  const auto end_after = [](ConsoleSaw words) {
    Story story;
    story.runs_case();
    story.happens(words);
    story.happens(GuestGone{});
    return story.session.outcome().end;
  };
  CHECK(std::holds_alternative<model::Panicked>(end_after({.panicked = true})));
  CHECK(std::holds_alternative<model::PoweredOff>(end_after({.power_down = true})));
  CHECK(std::holds_alternative<model::Unreachable>(
      end_after({.power_down = true, .agent_problem = "the kernel has no virtio_console"})));
  CHECK(std::holds_alternative<model::Rebooted>(end_after({.restarting = true})));
  CHECK(std::holds_alternative<model::Rebooted>(end_after({})));
}

TEST_CASE("4: a panic after bye is still a panic") {
  Story story;
  story.runs_case();
  story.says(Type::case_ended, kEnded);
  story.says(Type::bye, kBye);
  story.happens(ConsoleSaw{.panicked = true});
  story.happens(GuestGone{});
  CHECK(story.ended_as<model::Panicked>().phase == Phase::poweroff);
}

TEST_CASE("4: a guest that panics and stays has a moment for its last words") {
  Story story;
  story.runs_case();
  story.happens(ConsoleSaw{.panicked = true});
  CHECK(story.passes(999ms).empty());
  story.passes(1ms);
  story.ended_as<model::Panicked>();
}

TEST_CASE("4: a second hello is a reboot") {
  Story story;
  story.runs_case();
  story.says(Type::hello, to_json(agent::Hello{1, "6.1", "v", "id2"}));
  story.ended_as<model::Rebooted>();
}

TEST_CASE("5: a killed QEMU is the host's fault, a panic before it is not") {
  Story story;
  story.runs_case();
  story.happens(QemuGone{"was killed by signal 9"});
  CHECK(story.ended_as<model::HostFault>().what == "QEMU was killed by signal 9");
  Story panic;
  panic.runs_case();
  panic.happens(ConsoleSaw{.panicked = true});
  panic.happens(QemuGone{"was killed by signal 9"});
  panic.ended_as<model::Panicked>();
}

TEST_CASE("5: a guest is silent because its QEMU is: that is the host's fault") {
  Story story(10s);
  story.runs_case();
  story.passes(5s);
  story.happens(Examined{{}, true});
  CHECK(story.ended_as<model::HostFault>().phase == Phase::test);
}

TEST_CASE(
    "6: what KVM cannot run is that KVM's fault, and surroundings that end explain themselves") {
  Story failed, left;
  failed.runs_case();
  CHECK(failed.happens(KvmFault{"error: kvm run failed Bad address"}) == Actions{Action::stop});
  CHECK(failed.ended_as<model::KvmFailed>().what == "error: kvm run failed Bad address");
  left.runs_case();
  left.happens(OuterEnded{});
  left.ended_as<model::OuterGone>();
}

TEST_CASE("6: a guest that panicked before its surroundings ended has panicked") {
  Story story;
  story.runs_case();
  story.happens(ConsoleSaw{.panicked = true});
  story.happens(OuterEnded{});
  story.ended_as<model::Panicked>();
}

TEST_CASE("7: nonsense from the agent ends the guest at once") {
  Story story;
  story.boots();
  CHECK(story.happens(StreamBroken{"no frame at byte 7"}) == Actions{Action::stop});
  CHECK(story.ended_as<model::BadAgent>().what == "no frame at byte 7");
  Story early;
  early.happens(Started{});
  early.says(Type::heartbeat);
  early.ended_as<model::BadAgent>();
  Story wrong;
  wrong.boots();
  wrong.says(Type::case_ended, "{}");
  wrong.ended_as<model::BadAgent>();
}

TEST_CASE("7: a console over its limit ends the guest at once") {
  Story story;
  story.runs_case();
  CHECK(story.happens(ConsoleSaw{.bytes = 1000}).empty());
  CHECK(story.happens(ConsoleSaw{.bytes = 1001}) == Actions{Action::stop});
  CHECK(story.ended_as<model::Flooded>().bytes == 1001);
}

TEST_CASE("8: an oops ends the guest when its report had time, and is one by all logs") {
  Story story;
  story.runs_case();
  CHECK(story.happens(ConsoleSaw{.oopsed = true, .reports = 1}).empty());
  CHECK(story.passes(999ms).empty());
  CHECK(story.passes(1ms) == Actions{Action::check_oops});
  CHECK(story.happens(OopsChecked{true}) == Actions{Action::stop});
  CHECK(story.ended_as<model::Oopsed>().phase == Phase::test);
}

TEST_CASE("8: what only looked like an oops ends nothing, until there is more of it") {
  Story story;
  story.runs_case();
  story.happens(ConsoleSaw{.oopsed = true, .reports = 1});
  story.passes(1s);
  CHECK(story.happens(OopsChecked{false}).empty());
  story.happens(ConsoleSaw{.oopsed = true, .reports = 1});
  CHECK(story.passes(1s).empty());
  story.happens(ConsoleSaw{.oopsed = true, .reports = 2});
  CHECK(story.passes(1s) == Actions{Action::check_oops});
}

TEST_CASE("8: a WARNING ends nothing, and an oops that becomes a panic is a panic") {
  Story warned, panicked;
  warned.runs_case();
  warned.happens(ConsoleSaw{.reports = 3});
  CHECK(warned.passes(1s).empty());
  panicked.runs_case();
  panicked.happens(ConsoleSaw{.oopsed = true, .reports = 1});
  panicked.happens(ConsoleSaw{.panicked = true, .oopsed = true, .reports = 1});
  panicked.passes(1s);
  panicked.ended_as<model::Panicked>();
}

TEST_CASE("after the end nothing moves it") {
  Story story;
  story.runs_case();
  story.happens(StreamBroken{"x"});
  CHECK(story.happens(GuestGone{}).empty());
  story.ended_as<model::BadAgent>();
}
