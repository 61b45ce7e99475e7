#include "run/session.hpp"

#include <doctest/doctest.h>

#include "run/simulated_guest.hpp"

using namespace kproof;
using namespace kproof::run;

TEST_CASE("1: an orderly guest goes through all phases and its times add up") {
  SimulatedGuest guest;
  guest.now += 1s;
  guest.happens(Started{});
  guest.now += 2s;
  CHECK(guest.says(Type::hello, to_json(agent::Hello{1, "6.1", "v", "id"})) ==
        Actions{Action::send_job});
  CHECK(guest.session.phase() == Phase::prepare);
  guest.says(Type::prepare_error, "module nfit: No such device");
  guest.says(Type::case_started);
  guest.lives(4s);
  guest.says(Type::case_ended, kEnded);
  guest.says(Type::bye, to_json(agent::Bye{1, 2}));
  guest.now += 1s;
  CHECK(guest.powers_off() == Actions{Action::stop});
  guest.ended_as<model::Orderly>();
  const auto& outcome = guest.session.outcome();
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
  SimulatedGuest guest;
  guest.happens(Started{});
  CHECK(guest.session.next_deadline() == guest.now + 10s);
  CHECK(guest.passes(9999ms).empty());
  CHECK(guest.passes(1ms) == Actions{Action::stop});
  CHECK(guest.ended_as<model::Silent>().phase == Phase::boot);
  CHECK(guest.ended_as<model::Silent>().missing == "hello of the agent");
}

TEST_CASE("2: an agent whose heart stops is silent long before the case's deadline") {
  SimulatedGuest guest;
  guest.runs_case();
  guest.passes(5s);
  CHECK(guest.ended_as<model::Silent>().after == 5s);
  CHECK(guest.ended_as<model::Silent>().missing.empty());
}

TEST_CASE("2: a guest that says bye and does not power off is silent in that phase") {
  SimulatedGuest guest;
  guest.runs_case();
  guest.says(Type::case_ended, kEnded);
  guest.says(Type::bye, kBye);
  guest.passes(3s);
  CHECK(guest.ended_as<model::Silent>().phase == Phase::poweroff);
}

static SimulatedGuest said_bye() {
  SimulatedGuest guest;
  guest.runs_case();
  guest.says(Type::case_ended, kEnded);
  guest.says(Type::bye, kBye);
  return guest;
}

TEST_CASE("4: a reset behind bye is a crash, whatever the console shows") {
  SimulatedGuest guest = said_bye();
  guest.happens(ConsoleSaw{.power_down = true, .powered_off = true});
  guest.happens(ShutdownSaid{"guest-reset"});
  guest.happens(GuestGone{});
  CHECK(guest.ended_as<model::Rebooted>().phase == Phase::poweroff);
}

TEST_CASE("4: bye alone proves nothing of the end") {
  SimulatedGuest silent = said_bye();
  silent.happens(GuestGone{});
  silent.ended_as<model::Unproven>();
}

TEST_CASE("4: only the first reason that QEMU gives is the guest's") {
  SimulatedGuest guest = said_bye();
  guest.happens(ConsoleSaw{.power_down = true, .powered_off = true});
  guest.happens(ShutdownSaid{"guest-shutdown"});
  guest.happens(ShutdownSaid{"host-signal"});  // libvirt ends QEMU
  guest.happens(GuestGone{});
  guest.ended_as<model::Orderly>();
}

TEST_CASE("4: a panic after bye is still a panic") {
  SimulatedGuest guest;
  guest.runs_case();
  guest.says(Type::case_ended, kEnded);
  guest.says(Type::bye, kBye);
  guest.happens(ConsoleSaw{.panicked = true});
  guest.happens(GuestGone{});
  CHECK(guest.ended_as<model::Panicked>().phase == Phase::poweroff);
}

TEST_CASE("4: a guest that panics and stays has a moment for its last words") {
  SimulatedGuest guest;
  guest.runs_case();
  guest.happens(ConsoleSaw{.panicked = true});
  CHECK(guest.passes(999ms).empty());
  guest.passes(1ms);
  guest.ended_as<model::Panicked>();
}

TEST_CASE("4: a second hello is a reboot") {
  SimulatedGuest guest;
  guest.runs_case();
  guest.says(Type::hello, to_json(agent::Hello{1, "6.1", "v", "id2"}));
  guest.ended_as<model::Rebooted>();
}

TEST_CASE("5: a killed QEMU is the host's fault, a panic before it is not") {
  SimulatedGuest guest;
  guest.runs_case();
  guest.happens(QemuGone{"was killed by signal 9"});
  CHECK(guest.ended_as<model::HostFault>().what == "QEMU was killed by signal 9");
  SimulatedGuest panic;
  panic.runs_case();
  panic.happens(ConsoleSaw{.panicked = true});
  panic.happens(QemuGone{"was killed by signal 9"});
  panic.ended_as<model::Panicked>();
}

TEST_CASE("5: a guest is silent because its QEMU is: that is the host's fault") {
  SimulatedGuest guest(10s);
  guest.runs_case();
  guest.passes(5s);
  guest.happens(Examined{{}, true});
  CHECK(guest.ended_as<model::HostFault>().phase == Phase::test);
}

TEST_CASE("5: a guest that QEMU stops is KVM's fault or the host's, and the kernel is not blamed") {
  const auto end_in = [](CpusStopped stop) {
    SimulatedGuest guest;
    guest.runs_case();
    guest.happens(stop);
    return guest.session.outcome().end;
  };
  const std::string words = "KVM internal error. Suberror: 1: emulation failure";
  const auto internal = end_in({"internal-error", words});
  CHECK(std::get<model::KvmFailed>(internal).what == words);
  CHECK(std::get<model::KvmFailed>(end_in({"internal-error", ""})).what ==
        "QEMU's state is internal-error");
  const auto disk = end_in({"io-error", "No space left on device"});
  CHECK(std::get<model::HostFault>(disk).what ==
        "QEMU stopped the guest: its state is io-error; it said: No space left on device");
  CHECK(std::holds_alternative<model::HostFault>(end_in({"paused", ""})));
}

TEST_CASE("5: a guest that is stopped for a moment, or by its own panic or end, goes on") {
  for (const char* state : {"running", "shutdown"}) {
    SimulatedGuest guest;
    guest.runs_case();
    CHECK(guest.happens(CpusStopped{state, ""}).empty());
    CHECK(!guest.session.over());
  }
  SimulatedGuest panic;
  panic.runs_case();
  panic.happens(CpusStopped{"guest-panicked", ""});
  panic.passes(1s);
  panic.ended_as<model::Panicked>();
}

TEST_CASE("5: a stop while the guest is examined is the diagnosis's") {
  SimulatedGuest guest(10s);
  guest.runs_case();
  guest.passes(5s);
  CHECK(guest.happens(CpusStopped{"paused", ""}).empty());
  CHECK(!guest.session.over());
}

TEST_CASE(
    "6: what KVM cannot run is that KVM's fault, and surroundings that end explain themselves") {
  SimulatedGuest failed, left;
  failed.runs_case();
  CHECK(failed.happens(KvmFault{"error: kvm run failed Bad address"}) == Actions{Action::stop});
  CHECK(failed.ended_as<model::KvmFailed>().what == "error: kvm run failed Bad address");
  left.runs_case();
  left.happens(OuterEnded{});
  left.ended_as<model::OuterGone>();
}

TEST_CASE("6: a guest that panicked before its surroundings ended has panicked") {
  SimulatedGuest guest;
  guest.runs_case();
  guest.happens(ConsoleSaw{.panicked = true});
  guest.happens(OuterEnded{});
  guest.ended_as<model::Panicked>();
}

TEST_CASE("7: nonsense from the agent ends the guest at once") {
  SimulatedGuest guest;
  guest.boots();
  CHECK(guest.happens(StreamBroken{"no frame at byte 7"}) == Actions{Action::stop});
  CHECK(guest.ended_as<model::BadAgent>().what == "no frame at byte 7");
  SimulatedGuest early;
  early.happens(Started{});
  early.says(Type::heartbeat);
  early.ended_as<model::BadAgent>();
  SimulatedGuest wrong;
  wrong.boots();
  wrong.says(Type::case_ended, "{}");
  wrong.ended_as<model::BadAgent>();
}

TEST_CASE("7: a console over its limit ends the guest at once") {
  SimulatedGuest guest;
  guest.runs_case();
  CHECK(guest.happens(ConsoleSaw{.bytes = 1000}).empty());
  CHECK(guest.happens(ConsoleSaw{.bytes = 1001}) == Actions{Action::stop});
  CHECK(guest.ended_as<model::Flooded>().bytes == 1001);
}

TEST_CASE("7: a console that cannot be read is the host's fault, told at once and not retried") {
  SimulatedGuest guest;
  guest.boots();
  CHECK(
      guest.happens(ConsoleSaw{.unreadable = "the console cannot be read: c: Permission denied"}) ==
      Actions{Action::stop});
  CHECK(guest.ended_as<model::HostFault>().what ==
        "the console cannot be read: c: Permission denied");
}

TEST_CASE("8: an oops ends the guest when its report had time, and is one by all logs") {
  SimulatedGuest guest;
  guest.runs_case();
  CHECK(guest.happens(ConsoleSaw{.oopsed = true, .reports = 1}).empty());
  CHECK(guest.passes(999ms).empty());
  CHECK(guest.passes(1ms) == Actions{Action::check_oops});
  CHECK(guest.happens(OopsChecked{true}) == Actions{Action::stop});
  CHECK(guest.ended_as<model::Oopsed>().phase == Phase::test);
}

TEST_CASE("8: what only looked like an oops ends nothing, until there is more of it") {
  SimulatedGuest guest;
  guest.runs_case();
  guest.happens(ConsoleSaw{.oopsed = true, .reports = 1});
  guest.passes(1s);
  CHECK(guest.happens(OopsChecked{false}).empty());
  guest.happens(ConsoleSaw{.oopsed = true, .reports = 1});
  CHECK(guest.passes(1s).empty());
  guest.happens(ConsoleSaw{.oopsed = true, .reports = 2});
  CHECK(guest.passes(1s) == Actions{Action::check_oops});
}

TEST_CASE("8: a WARNING ends nothing, and an oops that becomes a panic is a panic") {
  SimulatedGuest warned, panicked;
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
  SimulatedGuest guest;
  guest.runs_case();
  guest.happens(StreamBroken{"x"});
  CHECK(guest.happens(GuestGone{}).empty());
  guest.ended_as<model::BadAgent>();
}
