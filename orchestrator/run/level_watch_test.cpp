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
  LevelJob job{.deadlines = {.boot = 10s,
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
  template <class End>
  End ended_as() {
    REQUIRE(watch.over());
    const LevelStory story = watch.story();
    REQUIRE(std::holds_alternative<End>(story.outcome.end));
    return std::get<End>(story.outcome.end);
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
  CHECK(inner.says(Type::inner_ended, to_json(agent::InnerEnded{})) == Actions{Action::stop});
  inner.ended_as<model::Orderly>();
  CHECK(inner.watch.story().hypervisor == "KVMKVMKVM");
  CHECK(inner.watch.story().facts.at("/sys/x") == "Y");
  CHECK(util::read_file(inner.dir.path() / "console-l2.log") == "[    1.000000] a line\n");
  CHECK(util::read_file(inner.dir.path() / "ktap-l2.log") == "KTAP version 1\n");
}

TEST_CASE("a guest that was never started has no end of its own") {
  CHECK(std::holds_alternative<model::OuterGone>(Watched(2).watch.story().outcome.end));
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
  CHECK(!inner.watch.story().clock_offset);
  inner.now += 7s;
  inner.says(Type::heartbeat, "1000000");
  inner.now += 1s;
  inner.says(Type::heartbeat, "2500000");
  inner.now += 1s;
  inner.says(Type::heartbeat, "nonsense");
  CHECK(inner.watch.story().clock_offset == 5500000);
}
