#include "resources/gate.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "resources/queue.hpp"
#include "resources/testing.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::resources;
namespace fs = std::filesystem;

using Indices = std::vector<std::size_t>;

namespace {

// A made-up host of 4 cores and 10 GiB for guests, with claims of its own.
struct Host {
  util::ScratchDir scratch{"kproof-test-"};
  unsigned pages = 0;
  std::uint64_t used = 0;  // of memory, by other programs
  std::vector<std::string> said;

  Gate::Setup setup(const std::string& run) {
    return {.run = run,
            .shared = scratch.path(),
            .say = [this](const std::string& line) { said.push_back(line); },
            .directories = {scratch.path() / "claims"},
            .texts = [this](const std::string& path) { return text(path); },
            .patience = std::chrono::milliseconds(0)};
  }
  std::optional<std::string> text(const std::string& path) const {
    if (path == "/proc/self/status") return "Cpus_allowed_list:\t0-3\n";
    if (path == "/proc/meminfo")
      return fmt::format("MemTotal: {} kB\nMemAvailable: {} kB\n", (10 * GiB + GiB / 2) >> 10,
                         (10 * GiB + GiB / 2 - used) >> 10);
    if (path.ends_with("-2048kB/nr_hugepages") || path.ends_with("-2048kB/free_hugepages"))
      return std::to_string(pages);
    return std::nullopt;
  }
  // Another process whose cells of these needs all run.
  OtherRun other(const std::vector<Needs>& running) {
    return OtherRun([&] { (new Gate(setup("other")))->ask(running, {}); });
  }
};

Waiting cell(unsigned vcpus, std::uint64_t memory, bool quiet = false) {
  return {.needs = {.vcpus = vcpus, .memory = memory, .quiet = quiet}};
}

}  // namespace

TEST_CASE("beside another run's cells only those start for which there is room") {
  Host host;
  const OtherRun other = host.other({{.vcpus = 2, .memory = 7 * GiB}});
  Gate gate(host.setup("mine"));
  const std::vector<Waiting> waiting{cell(1, 4 * GiB), cell(1, 2 * GiB), cell(1, GiB)};
  CHECK(gate.ask({}, waiting).start == Indices{1, 2});
}

TEST_CASE("a run that waits for another one says for what, and for whom, once") {
  Host host;
  const OtherRun other = host.other({{.vcpus = 4, .memory = GiB}});
  Gate gate(host.setup("mine"));
  const std::vector<Waiting> waiting{cell(2, GiB)};
  for (int i = 0; i < 3; ++i)
    CHECK(gate.ask({}, waiting).start.empty());
  REQUIRE(host.said.size() == 1);
  CHECK(host.said[0].starts_with(
      fmt::format("waiting for 2 cores, held by kproof run other, pid {} of ", other.pid())));
}

TEST_CASE("what another run had is there when it was killed") {
  Host host;
  OtherRun other = host.other({{.vcpus = 4, .memory = GiB}});
  Gate gate(host.setup("mine"));
  const std::vector<Waiting> waiting{cell(2, GiB)};
  CHECK(gate.ask({}, waiting).start.empty());
  other.kill();
  CHECK(gate.ask({}, waiting).start == Indices{0});
}

TEST_CASE("quiet is quiet across runs: it waits for their cells, and theirs for it") {
  Host host;
  OtherRun other = host.other({{.vcpus = 1, .memory = GiB}});
  Gate gate(host.setup("mine"));
  CHECK(gate.ask({}, std::vector{cell(1, GiB, true)}).start.empty());
  other.kill();
  CHECK(gate.ask({}, std::vector{cell(1, GiB, true)}).start == Indices{0});
  Gate late(host.setup("late"));
  CHECK(late.ask({}, std::vector{cell(1, GiB)}).start.empty());
  CHECK(host.said.back().starts_with("waiting for the end of a cell that measures time, held by"));
}

TEST_CASE("a quiet cell is not put off for ever by another run's plain ones") {
  Host host;
  Gate busy(host.setup("busy")), timing(host.setup("timing"));
  const std::vector<Needs> running{cell(1, GiB).needs};
  CHECK(busy.ask({}, std::vector{cell(1, GiB)}).start == Indices{0});
  CHECK(timing.ask({}, std::vector{cell(1, GiB, true)}).start.empty());
  CHECK(busy.ask(running, std::vector{cell(1, GiB)}).start.empty());
  CHECK(busy.ask({}, std::vector{cell(1, GiB)}).start.empty());  // its cell has ended
  CHECK(timing.ask({}, std::vector{cell(1, GiB, true)}).start == Indices{0});
}

TEST_CASE("two runs take turns: who has waited longer goes first") {
  Host host;
  Gate a(host.setup("a")), b(host.setup("b"));
  const std::vector<Waiting> one{cell(4, GiB)};
  const std::vector<Needs> running{one[0].needs};
  CHECK(a.ask({}, std::vector{one[0], one[0]}).start == Indices{0});
  CHECK(b.ask({}, one).start.empty());
  // a's second cell waits for longer than b's first.
  CHECK(a.ask({}, one).start == Indices{0});
  CHECK(a.ask(running, one).start.empty());
  CHECK(b.ask({}, one).start.empty());
  CHECK(a.ask({}, one).start.empty());  // its third one has come later than b's
  CHECK(b.ask({}, one).start == Indices{0});
}

TEST_CASE("a cell that would not fit if nothing else ran is given up at once, with what it lacks") {
  Host host;
  Waiting huge = cell(1, GiB);
  huge.needs.huge_pages[kPage2M] = 100;
  Gate gate(host.setup("mine"));
  CHECK(gate.ask({}, std::vector{huge}).hopeless ==
        "it needs 100 huge pages of 2M (0 are free), more than this host has");
}

TEST_CASE(
    "a cell for which other programs leave no room waits as long as is borne, and no longer") {
  Host host;
  host.used = 8 * GiB;
  const std::vector<Waiting> waiting{cell(1, 4 * GiB)};
  Gate::Setup patient = host.setup("patient");
  patient.patience = std::chrono::hours(1);
  CHECK(Gate(patient).ask({}, waiting).hopeless.empty());
  CHECK(host.said.back() ==
        "waiting for 4.0 GiB of memory (2.0 GiB are free), which other programs "
        "of this host have");
  Gate gate(host.setup("mine"));
  CHECK(gate.ask({}, waiting).hopeless ==
        "it needs 4.0 GiB of memory (2.0 GiB are free), for "
        "which other programs have left no room for 0 s");
}

TEST_CASE("beside another run's cells no cell is given up: it waits") {
  Host host;
  const OtherRun other = host.other({{.vcpus = 1, .memory = 8 * GiB}});
  Gate gate(host.setup("mine"));
  const auto answer = gate.ask({}, std::vector{cell(1, 4 * GiB)});
  CHECK(answer.start.empty());
  CHECK(answer.hopeless.empty());
}

TEST_CASE("no more run at once than the user allows, and he waits for nobody then") {
  Host host;
  Gate::Setup setup = host.setup("mine");
  setup.jobs = 1;
  Gate gate(setup), other(host.setup("other"));
  const std::vector<Waiting> waiting(3, cell(1, GiB));
  CHECK(gate.ask({}, waiting).start == Indices{0});
  CHECK(other.ask({}, waiting).start == Indices{0, 1, 2});
}

// Counts how many jobs run at the same time.
namespace {
struct Crowd {
  std::mutex mutex;
  std::condition_variable changed;
  unsigned now = 0, most = 0, ended = 0;

  void enter() {
    const std::lock_guard lock(mutex);
    most = std::max(most, ++now);
    changed.notify_all();
  }
  void leave() {
    const std::lock_guard lock(mutex);
    --now;
    ++ended;
  }
  void wait_for(unsigned wanted) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return most >= wanted; });
  }
};
}  // namespace

TEST_CASE("all jobs run, as many at once as there are cores, and what they claimed is given back") {
  Host host;
  Gate gate(host.setup("mine"));
  Crowd crowd;
  std::vector<Job> jobs;
  for (int i = 0; i < 12; ++i)
    jobs.push_back({.waiting = cell(1, GiB),
                    .work =
                        [&] {
                          crowd.enter();
                          crowd.wait_for(4);  // none ends before four have been there
                          crowd.leave();
                        },
                    .give_up = [](const std::string&) { FAIL("given up"); }});
  run_all(std::move(jobs), gate, -1);
  CHECK(crowd.most == 4);
  CHECK(crowd.ended == 12);
  Gate other(host.setup("other"));
  CHECK(other.ask({}, std::vector{cell(1, GiB, true)}).start == Indices{0});
}

TEST_CASE("of two jobs that want all huge pages both run, one after the other") {
  Host host;
  host.pages = 100;
  Gate gate(host.setup("mine"));
  Crowd crowd;
  Waiting huge = cell(1, GiB);
  huge.needs.huge_pages[kPage2M] = 100;
  std::vector<Job> jobs;
  for (int i = 0; i < 2; ++i)
    jobs.push_back({.waiting = huge,
                    .work =
                        [&] {
                          crowd.enter();
                          crowd.leave();
                        },
                    .give_up = [](const std::string& why) { FAIL(why); }});
  run_all(std::move(jobs), gate, -1);
  CHECK(crowd.most == 1);
  CHECK(crowd.ended == 2);
}

TEST_CASE("a job that will never fit is given up, and the others run") {
  Host host;
  Gate gate(host.setup("mine"));
  std::atomic<unsigned> ran = 0, given_up = 0;
  const auto job = [&](std::uint64_t memory) {
    return Job{.waiting = cell(1, memory),
               .work = [&] { ++ran; },
               .give_up = [&](const std::string&) { ++given_up; }};
  };
  run_all({job(GiB), job(100 * GiB), job(9 * GiB)}, gate, -1);
  CHECK(ran == 2);
  CHECK(given_up == 1);
}

TEST_CASE("once a stop is asked for, what runs ends and nothing else starts") {
  Host host;
  Gate gate(host.setup("mine"));
  int stop[2];
  REQUIRE(::pipe(stop) == 0);
  std::atomic<unsigned> ran = 0;
  std::vector<Job> jobs;
  for (int i = 0; i < 5; ++i)
    jobs.push_back({.waiting = cell(4, GiB),
                    .work =
                        [&] {
                          if (++ran == 2) (void)!::write(stop[1], "x", 1);
                        },
                    .give_up = [](const std::string& why) { FAIL(why); }});
  run_all(std::move(jobs), gate, stop[0]);
  CHECK(ran == 2);
  ::close(stop[0]);
  ::close(stop[1]);
}

TEST_CASE("a run that waits goes on when the other one is killed") {
  Host host;
  OtherRun other = host.other({{.vcpus = 4, .memory = GiB}});
  Gate::Setup setup = host.setup("mine");
  setup.say = [&](const std::string&) { other.kill(); };  // it has begun to wait
  Gate gate(setup);
  bool ran = false;
  run_all({{.waiting = cell(2, GiB),
            .work = [&] { ran = true; },
            .give_up = [](const std::string& why) { FAIL(why); }}},
          gate, -1);
  CHECK(ran);
}

TEST_CASE("a build holds the cores that it compiles on, and no more than there are") {
  Host host;
  Gate gate(host.setup("cells"));
  {
    const Hold hold(host.setup("build"), {.vcpus = 64, .memory = 100 * GiB}, -1);
    CHECK(gate.ask({}, std::vector{cell(1, GiB)}).start.empty());
  }
  CHECK(gate.ask({}, std::vector{cell(1, GiB)}).start == Indices{0});
}

TEST_CASE("a build waits until all its cores are free, and can be interrupted in that") {
  Host host;
  OtherRun other = host.other({{.vcpus = 1, .memory = GiB}});
  int stop[2];
  REQUIRE(::pipe(stop) == 0);
  (void)!::write(stop[1], "x", 1);
  CHECK_THROWS(Hold(host.setup("build"), {.vcpus = 4}, stop[0]));
  CHECK(host.said.back().starts_with("waiting for 4 cores, held by kproof run other"));
  other.kill();
  CHECK_NOTHROW(Hold(host.setup("build"), {.vcpus = 4}, -1));
  ::close(stop[0]);
  ::close(stop[1]);
}

TEST_CASE("a thread is gone soon after its job, and not when all are done") {
  Host host;
  Gate gate(host.setup("mine"));
  const auto threads = [] {
    return std::distance(fs::directory_iterator("/proc/self/task"), fs::directory_iterator());
  };
  const auto before = threads();
  std::ptrdiff_t most = 0;  // one job at a time touches it
  std::vector<Job> jobs(40, {.waiting = cell(4, GiB),
                             .work = [&] { most = std::max<std::ptrdiff_t>(most, threads()); },
                             .give_up = [](const std::string& why) { FAIL(why); }});
  run_all(std::move(jobs), gate, -1);
  CHECK(most <= before + 2);
}
