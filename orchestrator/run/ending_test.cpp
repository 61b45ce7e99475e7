// The table of ending.hpp, a row after the other.
#include "run/ending.hpp"

#include <doctest/doctest.h>

#include "run/qmp.hpp"

using namespace kproof;
using namespace kproof::run;
using model::Phase;

template <class End>
static bool ends_as(const LastWords& words) {
  return std::holds_alternative<End>(ending(words));
}

TEST_CASE("a panic is one whatever else is known") {
  CHECK(ends_as<model::Panicked>({.panicked = true, .cause = "guest-reset"}));
  CHECK(ends_as<model::Panicked>({.bye = true, .panicked = true, .cause = "host-signal"}));
  CHECK(ends_as<model::Panicked>({.cause = "guest-panic"}));
}

TEST_CASE("who ends QEMU from outside ends no guest: neither crash nor pass") {
  for (const bool bye : {false, true})
    for (const char* cause :
         {"host-signal", "host-qmp-quit", "host-qmp-system-reset", "host-error"})
      CHECK(ends_as<model::HostFault>(
          {.bye = bye, .power_down = true, .powered_off = true, .cause = cause}));
}

TEST_CASE("orderly is what said bye and powered off by the words of kernel and QEMU") {
  const LastWords whole{.phase = Phase::poweroff,
                        .bye = true,
                        .power_down = true,
                        .powered_off = true,
                        .cause = "guest-shutdown"};
  CHECK(ends_as<model::Orderly>(whole));
  LastWords less = whole;
  less.powered_off = false;
  CHECK(std::get<model::Unproven>(ending(less)).missing ==
        "its console does not show that the kernel powered off");
  less = whole;
  less.cause = "";
  CHECK(std::get<model::Unproven>(ending(less)).missing == "QEMU did not say why it ended");
  less.cause = "snapshot-load";
  CHECK(ends_as<model::Unproven>(less));
  less = whole;
  less.bye = false;
  CHECK(ends_as<model::PoweredOff>(less));
}

TEST_CASE("a reset that the kernel announced is told from a triple fault") {
  CHECK(std::get<model::Rebooted>(ending({.restarting = true, .cause = "guest-reset"})).announced);
  CHECK_FALSE(std::get<model::Rebooted>(ending({.cause = "guest-reset"})).announced);
}

TEST_CASE("a reset behind bye is a crash, even when the kernel said that it powers off") {
  CHECK(ends_as<model::Rebooted>(
      {.bye = true, .power_down = true, .powered_off = true, .cause = "guest-reset"}));
  CHECK(ends_as<model::Rebooted>({.bye = true, .restarting = true}));
  CHECK(ends_as<model::Orderly>({.bye = true,
                                 .powered_off = true,
                                 .restarting = true,  // a program's words, of earlier
                                 .cause = "guest-shutdown"}));
}

TEST_CASE("before bye QEMU's word counts more than the console's, which programs can write to") {
  CHECK(ends_as<model::PoweredOff>({.cause = "guest-shutdown"}));
  CHECK(ends_as<model::PoweredOff>({.restarting = true, .cause = "guest-shutdown"}));
  CHECK(ends_as<model::PoweredOff>({.power_down = true}));
  CHECK(ends_as<model::Rebooted>({.power_down = true, .cause = "guest-reset"}));
  CHECK(ends_as<model::Rebooted>({.restarting = true}));
  CHECK(ends_as<model::Unreachable>(
      {.power_down = true, .agent_problem = "the kernel has no virtio_console"}));
  CHECK(ends_as<model::Rebooted>({.agent_problem = "x", .cause = "guest-reset"}));
}

TEST_CASE("an end of which nobody said anything is no crash") {
  CHECK(std::get<model::Unproven>(ending({})).missing ==
        "neither its kernel nor QEMU said why it ended");
}

TEST_CASE("QEMU's monitor tells events from answers, and a state from other answers") {
  const auto event = qmp::parse_event(
      R"({"timestamp": {"seconds": 1}, "event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-reset"}})");
  REQUIRE(event);
  CHECK(event->name == "SHUTDOWN");
  CHECK(event->reason == "guest-reset");
  CHECK(qmp::parse_event(R"({"event": "STOP"})")->reason == "");
  CHECK(!qmp::parse_event(R"({"return": {"event": "STOP"}})"));
  CHECK(!qmp::parse_event("nonsense"));
  CHECK(qmp::parse_state(R"({"return": {"status": "io-error"}})") == "io-error");
  CHECK(qmp::parse_state(R"({"return": {}})") == "");
  CHECK(qmp::parse_state(R"({"error": {"desc": "no"}})") == "");
}

TEST_CASE("QEMU's words on KVM are found among its others") {
  CHECK(qmp::kvm_fault("a\nKVM internal error. Suberror: 3\nextra data[0]: 0x1\nRAX=0\n") ==
        "KVM internal error. Suberror: 3: extra data[0]: 0x1");
  CHECK(qmp::kvm_fault("error: kvm run failed Bad address\nEAX=0") ==
        "error: kvm run failed Bad address");
  CHECK(qmp::kvm_fault("KVM: entry failed, hardware error 0x80000021") ==
        "KVM: entry failed, hardware error 0x80000021");
  CHECK(qmp::kvm_fault("qemu: out of memory\n") == "");
}

TEST_CASE("what came too late of a guest that got no CPU is the host's fault, nothing else is") {
  model::RunOutcome silent{.end = model::Silent{.phase = Phase::boot, .after = util::Millis(9)}};
  run::blame_starvation(silent, util::Millis(60000));
  const auto& fault = std::get<model::HostFault>(silent.end);
  CHECK(fault.phase == Phase::boot);
  CHECK(fault.what ==
        "got no CPU of this host for 1m00s and more, over three quarters of its time");
  model::RunOutcome late{.end = model::Orderly{}, .exit = model::CaseExit{.timed_out = true}};
  run::blame_starvation(late, util::Millis(60000));
  CHECK(std::holds_alternative<model::HostFault>(late.end));
  CHECK_FALSE(late.exit);
  model::RunOutcome crashed{.end = model::Panicked{Phase::test}, .exit = model::CaseExit{}};
  run::blame_starvation(crashed, util::Millis(60000));
  CHECK(std::holds_alternative<model::Panicked>(crashed.end));
  CHECK(crashed.exit);
}
