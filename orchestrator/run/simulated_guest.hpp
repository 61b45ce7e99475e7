// A guest under a clock that the test turns, for tests of Session.
#pragma once

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "run/session.hpp"
#include "run/short_deadlines.hpp"

namespace kproof::run {
using namespace std::chrono_literals;
using agent::Type;
using model::Phase;

inline Deadlines deadlines_with(std::chrono::seconds examine) {
  return short_deadlines(examine, 1000);
}

struct SimulatedGuest {
  Time now{};
  Session session{deadlines_with(0s), now};
  SimulatedGuest() = default;
  explicit SimulatedGuest(std::chrono::seconds examine) : session(deadlines_with(examine), now) {}
  std::vector<Action> happens(const Event& event) { return session.handle(event, now); }
  std::vector<Action> says(Type type, std::string payload = "") {
    return happens(FrameArrived{{type, 1, payload}});
  }
  std::vector<Action> passes(std::chrono::milliseconds time) {
    now += time;
    return happens(Tick{});
  }
  void boots() {
    happens(Started{});
    says(Type::hello, to_json(agent::Hello{1, "6.1", "Linux version 6.1", "id"}));
  }
  void runs_case() {
    boots();
    says(Type::case_started);
  }
  std::vector<Action> powers_off() {
    happens(ConsoleSaw{.power_down = true, .powered_off = true});
    happens(ShutdownSaid{"guest-shutdown"});
    return happens(GuestGone{});
  }
  void lives(std::chrono::seconds time) {
    for (auto t = 0s; t < time && !session.over(); t += 1s) {
      now += 1s;
      says(Type::heartbeat);
      happens(Tick{});
    }
  }
  template <class End>
  End ended_as() {
    REQUIRE(session.over());
    const End* end = std::get_if<End>(&session.outcome().end);
    REQUIRE(end);
    return *end;
  }
};

inline const std::string kEnded = to_json(agent::CaseEnded{0, 0, false, 5});
inline const std::string kBye = to_json(agent::Bye{0, 0});
using Actions = std::vector<Action>;

}  // namespace kproof::run
