// Promise 3 of session.hpp: who is late or silent is asked, and examined, before it is ended.
#include <doctest/doctest.h>

#include "run/session.hpp"
#include "run/story.hpp"

using namespace kproof;
using namespace kproof::run;

TEST_CASE(
    "3: a late case is killed when the agent answers, and the guest ends in the orderly way") {
  Story story;
  story.runs_case();
  story.lives(19s);
  story.now += 1s;
  story.says(Type::heartbeat);
  CHECK(story.happens(Tick{}) == Actions{Action::send_ping});
  CHECK(story.says(Type::pong) == Actions{Action::send_abort});
  story.says(Type::case_ended, to_json(agent::CaseEnded{0, 9, true, 20000}));
  story.says(Type::bye, kBye);
  story.powers_off();
  story.ended_as<model::Orderly>();
  CHECK(story.session.outcome().exit->timed_out);
}

TEST_CASE("3: a late case whose agent does not answer the ping makes the guest silent") {
  Story story;
  story.runs_case();
  story.lives(19s);
  story.now += 1s;
  story.says(Type::heartbeat);
  story.happens(Tick{});
  CHECK(story.passes(1999ms).empty());
  CHECK(story.passes(1ms) == Actions{Action::stop});
  story.ended_as<model::Silent>();
}

TEST_CASE("3: a late case that cannot be killed does not hold the host for ever") {
  Story story;
  story.runs_case();
  story.lives(20s);
  story.says(Type::pong);
  story.lives(6s);
  story.ended_as<model::Silent>();
}

TEST_CASE("3: a guest is asked whether it is there before its silence is one") {
  Story story;
  story.runs_case();
  CHECK(story.passes(2999ms).empty());
  CHECK(story.session.next_deadline() == story.now + 1ms);
  CHECK(story.passes(1ms) == Actions{Action::send_ping});
  CHECK(story.session.pinged());
  story.says(Type::pong);
  CHECK(!story.session.pinged());
  CHECK(story.passes(2999ms).empty());
  CHECK(!story.session.over());
}

TEST_CASE("3: a late case is examined before it is killed, and its agent may be slow then") {
  Story story(10s);
  story.runs_case();
  story.lives(20s);
  CHECK(story.says(Type::pong) == Actions{Action::examine_case});
  CHECK(story.passes(9s).empty());
  CHECK(story.happens(Examined{{.kind = model::HangKind::waits}}) == Actions{Action::send_abort});
  story.says(Type::case_ended, to_json(agent::CaseEnded{0, 9, true, 20000}));
  story.says(Type::bye, kBye);
  story.powers_off();
  story.ended_as<model::Orderly>();
  CHECK(story.session.outcome().hang->kind == model::HangKind::waits);
}

TEST_CASE(
    "3: a silent guest is examined before it is ended, and what it prints then ends nothing") {
  Story story(10s);
  story.runs_case();
  CHECK(story.passes(5s) == Actions{Action::examine_kernel});
  CHECK(story.happens(ConsoleSaw{.panicked = true, .bytes = 5000}).empty());
  CHECK(story.says(Type::heartbeat).empty());
  CHECK(story.passes(9s).empty());
  CHECK(story.happens(Examined{{.kind = model::HangKind::irqs_off}}) == Actions{Action::stop});
  CHECK(story.ended_as<model::Silent>().after == 5s);
  CHECK(story.session.outcome().hang->kind == model::HangKind::irqs_off);
}

TEST_CASE("3: a guest that ends while it is examined was silent all the same") {
  for (const Event& end :
       {Event{GuestGone{}}, Event{QemuGone{"exited with 0"}}, Event{OuterEnded{}}}) {
    Story story(10s);
    story.happens(Started{});
    CHECK(story.passes(10s) == Actions{Action::examine_kernel});
    story.happens(end);
    CHECK(story.ended_as<model::Silent>().missing == "hello of the agent");
  }
}
