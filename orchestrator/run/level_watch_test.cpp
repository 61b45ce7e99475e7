#include "run/level_watch.hpp"

#include <doctest/doctest.h>

#include "util/files.hpp"

using namespace kproof;
using namespace kproof::run;
using namespace std::chrono_literals;
using agent::Type;

namespace {

// One guest of a cell, under a clock that the test turns.
struct Watched {
  util::ScratchDir dir{"kproof-test-"};
  LevelJob job{.job = {.nonce = "n1"},
               .deadlines = {.boot = 10s,
                             .silence = 5s,
                             .test = 20s,
                             .ping = 2s,
                             .poweroff = 3s,
                             .last_words = 1s,
                             .console = 1000}};
  LevelFiles files;
  Time now{};
  LevelWatch watch;

  explicit Watched(int level) : files{dir.path(), level}, watch(job, files) {}
  std::vector<Action> says(Type type, std::string payload = "") {
    return watch.take({type, static_cast<std::uint8_t>(files.level), std::move(payload)}, now);
  }
  void boots() {
    says(Type::inner_started);
    says(Type::hello, to_json(agent::Hello{1, "6.1", "Linux version 6.1", "id", "KVMKVMKVM"}));
  }
  std::vector<Action> qmp(const std::string& line) {
    return says(Type::inner_answered, line + "\r\n");
  }
  template <class End>
  End ended_as() {
    REQUIRE(watch.over());
    const LevelRecord record = watch.record();
    REQUIRE(std::holds_alternative<End>(record.outcome.end));
    return std::get<End>(record.outcome.end);
  }
};

using Actions = std::vector<Action>;

}  // namespace

TEST_CASE("a guest inside is driven like L1 from the start of its QEMU, and its logs are kept") {
  Watched inner(2);
  CHECK(!inner.watch.begun());
  inner.says(Type::inner_started);
  CHECK(inner.says(Type::hello, to_json(agent::Hello{1, "6.1", "v", "id", "KVMKVMKVM"})) ==
        Actions{Action::send_job});
  inner.says(Type::inner_console, "[    1.000000] a line\n");
  inner.says(Type::case_started);
  inner.says(Type::case_stdout, "KTAP version 1\n");
  inner.says(Type::facts, R"({"/sys/x": "Y"})");
  inner.says(Type::case_ended, to_json(agent::CaseEnded{}));
  inner.says(Type::bye, to_json(agent::Bye{}));
  inner.says(Type::inner_console, "[    2.000000] kproof-canary n1 end\n");
  inner.says(Type::inner_console, "[    2.100000] reboot: Power down\n");
  inner.qmp(R"({"event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-shutdown"}})");
  CHECK(inner.says(Type::inner_ended, to_json(agent::InnerEnded{})) == Actions{Action::stop});
  inner.ended_as<model::Orderly>();
  CHECK(inner.watch.record().hypervisor == "KVMKVMKVM");
  CHECK(inner.watch.record().facts.at("/sys/x") == "Y");
  CHECK(
      util::read_file(inner.dir.path() / "console-l2.log").starts_with("[    1.000000] a line\n"));
  CHECK(util::read_file(inner.dir.path() / "ktap-l2.log") == "KTAP version 1\n");
}

TEST_CASE("a guest that was never started has no end of its own") {
  CHECK(std::holds_alternative<model::OuterGone>(Watched(2).watch.record().outcome.end));
}

TEST_CASE("a QEMU that dies is told with its signal and its last words") {
  Watched inner(2);
  inner.boots();
  inner.says(Type::inner_said, "qemu: first\nqemu: out of ");
  inner.says(Type::inner_said, "memory");
  inner.says(Type::inner_ended, to_json(agent::InnerEnded{.signal = 9}));
  CHECK(inner.ended_as<model::HostFault>().what ==
        "QEMU was killed by signal 9 (Killed); it said: qemu: out of memory");
}

TEST_CASE("QEMU's word that KVM failed ends the guest, in whatever pieces it comes") {
  Watched inner(2);
  inner.boots();
  CHECK(inner.says(Type::inner_said, "error: kvm run fai").empty());
  CHECK(inner.says(Type::inner_said, "led Bad address\nEAX=0\n") == Actions{Action::stop});
  CHECK(inner.ended_as<model::KvmFailed>().what == "error: kvm run failed Bad address");
}

TEST_CASE("a guest inside that is reset behind its bye has crashed") {
  Watched inner(2);
  inner.boots();
  inner.says(Type::case_started);
  inner.says(Type::case_ended, to_json(agent::CaseEnded{}));
  inner.says(Type::bye, to_json(agent::Bye{}));
  inner.qmp(R"({"event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-reset"}})");
  inner.says(Type::inner_ended, to_json(agent::InnerEnded{}));
  CHECK(inner.ended_as<model::Rebooted>().phase == model::Phase::poweroff);
}

TEST_CASE("a guest inside whose QEMU was told to quit has not crashed") {
  Watched inner(2);
  inner.boots();
  inner.qmp(R"({"event": "SHUTDOWN", "data": {"guest": false, "reason": "host-signal"}})");
  inner.says(Type::inner_ended, to_json(agent::InnerEnded{}));
  CHECK(inner.ended_as<model::HostFault>().what == "QEMU was ended from outside (host-signal)");
}

TEST_CASE("a guest whose CPUs stop is asked for its state, and ends with QEMU's words") {
  Watched inner(2);
  inner.boots();
  inner.watch.take_asks();  // the handshake, unanswered so far
  inner.says(Type::inner_said, "qemu: something\n");
  inner.qmp(R"({"QMP": {"version": {}}})");
  inner.qmp(R"({"return": {}})");
  CHECK(inner.qmp(R"({"event": "STOP"})").empty());
  const auto asks = inner.watch.take_asks();
  REQUIRE(asks.size() == 1);
  CHECK(std::get<AskMonitor>(asks[0]).command.find("query-status") != std::string::npos);
  CHECK(inner.qmp(R"({"return": {"status": "internal-error", "running": false}})") ==
        Actions{Action::stop});
  CHECK(inner.ended_as<model::KvmFailed>().what == "qemu: something");
}

TEST_CASE("L1's QEMU is quoted from its log when its CPUs stop") {
  Watched outer(1);
  outer.job.qemu_log = outer.dir.path() / "qemu-now.log";
  util::write_file_atomically(outer.job.qemu_log,
                              "2026-11-28 10:00:00.000+0000: starting up\n"
                              "KVM internal error. Suberror: 1\nemulation failure\nEAX=0\n");
  outer.watch.prepare(outer.now);
  outer.watch.tell(Started{}, outer.now);
  outer.watch.take_reply(R"({"event": "STOP", "data": {}})", outer.now);
  CHECK(outer.watch.take_asks().size() == 1);
  outer.watch.take_reply(R"({"return": {"status": "internal-error"}})", outer.now);
  CHECK(outer.ended_as<model::KvmFailed>().what ==
        "KVM internal error. Suberror: 1: emulation failure");
}

TEST_CASE("the panic that a console shows last outranks the end of QEMU") {
  Watched inner(2);
  inner.boots();
  inner.says(Type::inner_console, "[    2.000000] Kernel panic - not syncing: x\n");
  inner.says(Type::inner_ended, to_json(agent::InnerEnded{}));
  inner.ended_as<model::Panicked>();
}

TEST_CASE("frames that make no sense are no crash of ours") {
  Watched outer(1), twice(2), facts(2);
  outer.watch.prepare(outer.now);
  CHECK(outer.says(Type::inner_console, "x") == Actions{Action::stop});
  outer.ended_as<model::BadAgent>();
  twice.boots();
  CHECK(twice.says(Type::inner_started) == Actions{Action::stop});
  facts.boots();
  CHECK(facts.says(Type::facts, "[1]") == Actions{Action::stop});
}

TEST_CASE("the clock of a guest is placed by the promptest of its heartbeats") {
  Watched inner(2);
  inner.boots();
  CHECK(!inner.watch.record().clock_offset);
  inner.now += 7s;
  inner.says(Type::heartbeat, "1000000");
  inner.now += 1s;
  inner.says(Type::heartbeat, "2500000");
  inner.now += 1s;
  inner.says(Type::heartbeat, "nonsense");
  CHECK(inner.watch.record().clock_offset == 5500000);
}

// Its QEMU answers each command that is asked, until nothing more is.
static void answer_all(Watched& guest, std::string_view answer) {
  for (auto asks = guest.watch.take_asks(); !asks.empty(); asks = guest.watch.take_asks())
    for (const Ask& ask : asks)
      if (std::holds_alternative<AskMonitor>(ask))
        guest.says(Type::inner_answered, std::string(answer) + "\r\n");
}

TEST_CASE("a silent guest inside is examined through frames, ended then, and its traces are kept") {
  Watched inner(2);
  inner.job.deadlines.examine = 10s;
  inner.job.diagnosis_mark = "m";
  inner.boots();
  inner.says(Type::case_started);
  inner.says(Type::inner_console, "[    1.000000] before\n");
  inner.watch.look(inner.now);
  inner.now += 5s;
  CHECK(inner.watch.tell(Tick{}, inner.now).empty());
  Actions actions;
  for (int turn = 0; turn < 100 && actions.empty(); ++turn) {
    answer_all(inner, R"({"return": "CPU#0\r\nRIP=1 RFL=2 CPL=0 HLT=0\r\n"})");
    inner.now = *inner.watch.next_deadline();
    actions = inner.watch.tell(Tick{}, inner.now);
  }
  CHECK(actions == Actions{Action::stop});
  inner.ended_as<model::Silent>();
  const LevelRecord record = inner.watch.record();
  REQUIRE(record.outcome.hang);
  CHECK(record.outcome.hang->kind == model::HangKind::irqs_off);
  CHECK(record.outcome.hang->level == 2);
  CHECK(record.diagnosis_output.from->console == 22);
  CHECK(util::read_file(inner.files.hang()).find("class: irqs_off\n") != std::string::npos);
}

TEST_CASE("a late case is examined by its agent before it is aborted") {
  Watched inner(2);
  inner.job.deadlines.examine = 10s;
  inner.job.diagnosis_mark = "m";
  inner.boots();
  inner.says(Type::case_started);
  for (int second = 0; second < 20; ++second) {
    inner.now += 1s;
    inner.says(Type::heartbeat);
  }
  CHECK(inner.watch.tell(Tick{}, inner.now) == Actions{Action::send_ping});
  CHECK(inner.says(Type::pong).empty());
  const std::string task = to_json(agent::Examined{{{70, 70, "case", "S", "pause", "", 3}}, {}});
  Actions actions;
  for (int turn = 0; turn < 100 && actions.empty(); ++turn) {
    for (const Ask& ask : inner.watch.take_asks())
      if (std::holds_alternative<AskAgent>(ask))
        actions = inner.says(Type::examined, task);
      else
        inner.says(Type::inner_answered, "{\"return\": {}}\n");
    inner.now += 100ms;
    if (actions.empty()) actions = inner.watch.tell(Tick{}, inner.now);
  }
  CHECK(actions == Actions{Action::send_abort});
  CHECK(inner.watch.record().outcome.hang->kind == model::HangKind::waits);
  CHECK(!inner.watch.record().diagnosis_output.from);
  CHECK(inner.watch.record().diagnosis_output.mark == "m");
}

TEST_CASE("what only looks like an oops on the console ends nothing, a real one does") {
  const std::string console =
      "[    1.000000] BUG: kernel NULL pointer dereference, address: 0000000000000000\n";
  const std::string by_kernel =
      "1,0,1000000,-;BUG: kernel NULL pointer dereference, address: 0000000000000000\n";
  const std::string by_program = "12" + by_kernel.substr(1);  // facility user
  for (const bool real : {true, false}) {
    Watched inner(2);
    inner.boots();
    inner.says(Type::case_started);
    inner.says(Type::kmsg, real ? by_kernel : by_program);
    inner.says(Type::inner_console, console);
    inner.watch.look(inner.now);
    inner.now += 1s;
    const Actions actions = inner.watch.tell(Tick{}, inner.now);
    CHECK(actions == (real ? Actions{Action::stop} : Actions{}));
    CHECK(inner.watch.over() == real);
  }
}

TEST_CASE("CPUs that a user stopped end nothing, and those that KVM stopped do") {
  for (const auto& [state, ends] :
       {std::pair{"paused", false}, {"debug", false}, {"internal-error", true}}) {
    CAPTURE(state);
    Watched inner(2);
    inner.boots();
    inner.watch.take_asks();
    inner.qmp(R"({"return": {}})");
    inner.watch.excuse_stops();
    inner.qmp(R"({"event": "STOP"})");
    inner.watch.take_asks();
    inner.qmp(std::string(R"({"return": {"status": ")") + state + R"("}})");
    CHECK(inner.watch.over() == ends);
  }
}

TEST_CASE("a user's question to the monitor is answered, whatever else is asked meanwhile") {
  Watched inner(2);
  inner.boots();
  inner.watch.take_asks();
  inner.qmp(R"({"return": {}})");
  std::string answer;
  inner.qmp(R"({"event": "STOP"})");
  inner.watch.ask({qmp::human("info status")}, [&](const std::string& line) { answer = line; });
  CHECK(inner.watch.take_asks().size() == 2);
  inner.qmp(R"({"return": {"status": "running"}})");
  CHECK(answer.empty());
  inner.qmp(R"({"return": "VM status: running"})");
  CHECK(answer.find("VM status") != std::string::npos);
}
