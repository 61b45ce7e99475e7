#include "run/protocol.hpp"

#include <cstdlib>

#include <doctest/doctest.h>

#include "agent/messages.hpp"
#include "run/simulated_guest.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::run;

static constexpr std::array kTalking{Stage::boot, Stage::prepare, Stage::test, Stage::poweroff,
                                     Stage::gone};

// A payload that the frame may have.
static std::string payload_of(Type type) {
  if (type == Type::hello) return to_json(agent::Hello{1, "6.1", "Linux version 6.1", "id"});
  if (type == Type::case_ended) return kEnded;
  return type == Type::bye ? kBye : "";
}

static SimulatedGuest at(Stage stage) {
  SimulatedGuest guest;
  guest.happens(Started{});
  if (stage >= Stage::prepare) guest.says(Type::hello, payload_of(Type::hello));
  if (stage >= Stage::test) guest.says(Type::case_started);
  if (stage >= Stage::poweroff) guest.says(Type::case_ended, kEnded);
  if (stage >= Stage::gone) guest.says(Type::bye, kBye);
  REQUIRE(guest.session.stage() == stage);
  return guest;
}

TEST_CASE("each frame is taken where the table has it, and ends the guest in every other stage") {
  for (const FrameRule& rule : frame_rules())
    for (const Stage stage : kTalking) {
      SimulatedGuest guest = at(stage);
      guest.happens(Asked{rule.type});
      guest.says(rule.type, payload_of(rule.type));
      const bool allowed = rule.stages & (1u << static_cast<unsigned>(stage));
      CAPTURE(rule.name);
      CAPTURE(static_cast<int>(stage));
      CHECK(guest.session.over() == !allowed);
      if (!allowed) guest.ended_as<model::BadAgent>();
    }
}

TEST_CASE("each frame has its number, and the next one ends the guest") {
  for (const FrameRule& rule : frame_rules()) {
    if (rule.count > 1000 || rule.type == Type::hello) continue;
    ProtocolGuard guard(1000);
    const auto first = static_cast<Stage>(__builtin_ctz(rule.stages));
    for (std::size_t n = 0; n < rule.count; ++n)
      CHECK(guard.take({rule.type, 1, ""}, first).what == "");
    CAPTURE(rule.name);
    CHECK(guard.take({rule.type, 1, ""}, first).what != "");
  }
}

TEST_CASE("each frame has its size, and all of them together have") {
  for (const FrameRule& rule : frame_rules()) {
    if (rule.count == kAsAsked) continue;
    const auto first = static_cast<Stage>(__builtin_ctz(rule.stages));
    CAPTURE(rule.name);
    ProtocolGuard one(SIZE_MAX);
    CHECK(one.take({rule.type, 1, std::string(rule.largest, 'x')}, first).what == "");
    ProtocolGuard larger(SIZE_MAX);
    CHECK(larger.take({rule.type, 1, std::string(rule.largest + 1, 'x')}, first).what != "");
    if (rule.total >= kAsAsked || rule.largest == 0) continue;
    ProtocolGuard all(SIZE_MAX);
    std::size_t sent = 0;
    while (sent <= rule.total && sent < 100 * rule.largest) {
      const Breach breach = all.take({rule.type, 1, std::string(rule.largest, 'x')}, first);
      sent += rule.largest;
      CHECK((breach.what == "") == (sent <= rule.total));
    }
  }
}

TEST_CASE("a pong is an answer: one that nobody asked for is nonsense") {
  SimulatedGuest guest;
  guest.runs_case();
  CHECK(guest.says(Type::pong) == Actions{Action::stop});
  CHECK(guest.ended_as<model::BadAgent>().what == "pong number 1, of at most 0");
}

TEST_CASE("a case that starts again and again buys no time") {
  SimulatedGuest guest;
  guest.runs_case();
  guest.lives(19s);
  guest.says(Type::case_started);
  CHECK(guest.ended_as<model::BadAgent>().what == "case_started has no place in stage test");
}

TEST_CASE("a kernel's log over the plan's limit is a flood, not nonsense") {
  SimulatedGuest guest;
  guest.runs_case();
  guest.says(Type::kmsg, std::string(600, 'x'));
  CHECK(guest.says(Type::kmsg, std::string(401, 'x')) == Actions{Action::stop});
  CHECK(guest.ended_as<model::Flooded>().bytes == 1001);
}

TEST_CASE("a frame of the host's own is not the agent's to send") {
  for (const Type type : {Type::job, Type::ping, Type::ask_inner}) {
    SimulatedGuest guest;
    guest.runs_case();
    guest.says(type);
    guest.ended_as<model::BadAgent>();
  }
}

TEST_CASE("a second hello of the same boot is nonsense, of another one a reboot") {
  SimulatedGuest same, other;
  same.runs_case();
  same.says(Type::hello, payload_of(Type::hello));
  same.ended_as<model::BadAgent>();
  other.runs_case();
  other.says(Type::hello, to_json(agent::Hello{1, "6.1", "v", "id2"}));
  other.ended_as<model::Rebooted>();
}

TEST_CASE("a guest ends at its whole time, whatever keeps it alive") {
  SimulatedGuest guest(10s);
  const Time end = guest.now + whole(deadlines_with(10s));
  guest.runs_case();
  guest.lives(20s);
  CHECK(guest.says(Type::pong) == Actions{Action::examine_case});
  while (!guest.session.over() && guest.now < end) {  // the diagnosis never answers
    CHECK(guest.session.next_deadline() <= end);
    guest.now += 1s;
    guest.says(Type::heartbeat);
    guest.happens(Tick{});
  }
  CHECK(guest.now >= end);
  CHECK(guest.ended_as<model::Silent>().missing == "end of the guest");
}

TEST_CASE("PROTOCOL.md shows the table as it is") {
  const std::filesystem::path path =
      std::filesystem::path(KPROOF_TEST_DIR) / "../agent/PROTOCOL.md";
  const std::string text = util::read_file(path), begin = "<!-- frame_rules_text() -->\n";
  const std::size_t from = text.find(begin) + begin.size(), to = text.find("<!-- end -->");
  REQUIRE(to != std::string::npos);
  const std::string table = "\n" + frame_rules_text() + "\n";
  if (std::getenv("KPROOF_REWRITE_GOLDEN"))
    util::write_file_atomically(path, text.substr(0, from) + table + text.substr(to));
  else
    CHECK(text.substr(from, to - from) == table);
}
