// Promise 3 of session.hpp: who is late or silent is asked, and examined, before it is ended.
#include <doctest/doctest.h>

#include "run/session.hpp"
#include "run/simulated_guest.hpp"

using namespace kproof;
using namespace kproof::run;

TEST_CASE(
    "3: a late case is killed when the agent answers, and the guest ends in the orderly way") {
  SimulatedGuest guest;
  guest.runs_case();
  guest.lives(19s);
  guest.now += 1s;
  guest.says(Type::heartbeat);
  CHECK(guest.happens(Tick{}) == Actions{Action::send_ping});
  CHECK(guest.says(Type::pong) == Actions{Action::send_abort});
  guest.says(Type::case_ended, to_json(agent::CaseEnded{0, 9, true, 20000}));
  guest.says(Type::bye, kBye);
  guest.powers_off();
  guest.ended_as<model::Orderly>();
  CHECK(guest.session.outcome().exit->timed_out);
}

TEST_CASE("3: a late case whose agent does not answer the ping makes the guest silent") {
  SimulatedGuest guest;
  guest.runs_case();
  guest.lives(19s);
  guest.now += 1s;
  guest.says(Type::heartbeat);
  guest.happens(Tick{});
  CHECK(guest.passes(1999ms).empty());
  CHECK(guest.passes(1ms) == Actions{Action::stop});
  guest.ended_as<model::Silent>();
}

TEST_CASE("3: a late case that cannot be killed does not hold the host for ever") {
  SimulatedGuest guest;
  guest.runs_case();
  guest.lives(20s);
  guest.says(Type::pong);
  guest.lives(6s);
  guest.ended_as<model::Silent>();
}

TEST_CASE("3: a guest is asked whether it is there before its silence is one") {
  SimulatedGuest guest;
  guest.runs_case();
  CHECK(guest.passes(2999ms).empty());
  CHECK(guest.session.next_deadline() == guest.now + 1ms);
  CHECK(guest.passes(1ms) == Actions{Action::send_ping});
  CHECK(guest.session.pinged());
  guest.says(Type::pong);
  CHECK(!guest.session.pinged());
  CHECK(guest.passes(2999ms).empty());
  CHECK(!guest.session.over());
}

TEST_CASE("3: a late case is examined before it is killed, and its agent may be slow then") {
  SimulatedGuest guest(10s);
  guest.runs_case();
  guest.lives(20s);
  CHECK(guest.says(Type::pong) == Actions{Action::examine_case});
  CHECK(guest.passes(9s).empty());
  CHECK(guest.happens(Examined{{.kind = model::HangKind::waits}}) == Actions{Action::send_abort});
  guest.says(Type::case_ended, to_json(agent::CaseEnded{0, 9, true, 20000}));
  guest.says(Type::bye, kBye);
  guest.powers_off();
  guest.ended_as<model::Orderly>();
  CHECK(guest.session.outcome().hang->kind == model::HangKind::waits);
}

TEST_CASE(
    "3: a silent guest is examined before it is ended, and what it prints then ends nothing") {
  SimulatedGuest guest(10s);
  guest.runs_case();
  CHECK(guest.passes(5s) == Actions{Action::examine_kernel});
  CHECK(guest.happens(ConsoleSaw{.panicked = true, .bytes = 5000}).empty());
  CHECK(guest.says(Type::heartbeat).empty());
  CHECK(guest.passes(9s).empty());
  CHECK(guest.happens(Examined{{.kind = model::HangKind::irqs_off}}) == Actions{Action::stop});
  CHECK(guest.ended_as<model::Silent>().after == 5s);
  CHECK(guest.session.outcome().hang->kind == model::HangKind::irqs_off);
}

TEST_CASE("3: a guest that ends while it is examined was silent all the same") {
  for (const Event& end :
       {Event{GuestGone{}}, Event{QemuGone{"exited with 0"}}, Event{OuterEnded{}}}) {
    SimulatedGuest guest(10s);
    guest.happens(Started{});
    CHECK(guest.passes(10s) == Actions{Action::examine_kernel});
    guest.happens(end);
    CHECK(guest.ended_as<model::Silent>().missing == "hello of the agent");
  }
}
