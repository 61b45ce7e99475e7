#include "resources/queue.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <vector>

#include <doctest/doctest.h>

#include "resources/made_up_host.hpp"
#include "util/error.hpp"

using namespace kproof;
using namespace kproof::resources;
namespace fs = std::filesystem;

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
  MadeUpHost host;
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
  CHECK(other.ask({}, std::vector{cell(1, GiB, true)}).start == std::vector<std::size_t>{0});
}

TEST_CASE("of two jobs that want all huge pages both run, one after the other") {
  MadeUpHost host;
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
  MadeUpHost host;
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
  MadeUpHost host;
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
  MadeUpHost host;
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

TEST_CASE("a thread is gone soon after its job, and not when all are done") {
  MadeUpHost host;
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

namespace {
// What ran, in order.
struct Story {
  std::mutex mutex;
  std::vector<std::string> told;
  void tell(const std::string& word) {
    const std::lock_guard lock(mutex);
    told.push_back(word);
  }
  Job job(const std::string& name, Waiting waiting = cell(4, GiB)) {
    return {.waiting = std::move(waiting), .work = [this, name] { tell(name); }};
  }
};

Waiting of_round(unsigned round) {
  Waiting waiting = cell(4, GiB);
  waiting.round = round;
  return waiting;
}
}  // namespace

TEST_CASE("a job that is not ready is overtaken by those behind it, and runs when it is") {
  MadeUpHost host;
  Gate gate(host.setup("mine"));
  Queue queue(gate, -1);
  Story story;
  const std::size_t late = queue.add(story.job("late"), false);
  queue.add({.waiting = cell(4, GiB), .work = [&] {
               story.tell("early");
               queue.make_ready(late);
             }});
  queue.run();
  CHECK(story.told == std::vector<std::string>{"early", "late"});
}

TEST_CASE("no job of a later round starts before one of an earlier that is not ready yet") {
  MadeUpHost host;
  Gate gate(host.setup("mine"));
  Queue queue(gate, -1);
  Story story;
  const std::size_t first = queue.add(story.job("first", of_round(0)), false);
  const std::size_t never = queue.add(story.job("never", of_round(0)), false);
  queue.add(story.job("second", of_round(1)));
  queue.add({.work =
                 [&] {
                   story.tell("made ready");
                   queue.make_ready(first);
                   queue.drop(never);
                 },
             .claims = false});
  queue.run();
  CHECK(story.told == std::vector<std::string>{"made ready", "first", "second"});
}

TEST_CASE("a job that takes nothing of the host runs beside one that takes all") {
  MadeUpHost host;
  Gate gate(host.setup("mine"));
  Queue queue(gate, -1);
  Crowd crowd;
  const auto meet = [&] {
    crowd.enter();
    crowd.wait_for(2);
    crowd.leave();
  };
  queue.add({.waiting = cell(4, GiB, true), .work = meet});
  queue.add({.work = meet, .claims = false});
  queue.run();
  CHECK(crowd.ended == 2);
}

TEST_CASE("what a job's thread asks for goes before all that waits, and ends with its object") {
  MadeUpHost host;
  Gate gate(host.setup("mine"));
  Queue queue(gate, -1);
  Story story;
  std::vector<std::size_t> cells;
  queue.add({.work =
                 [&] {
                   const auto cores = queue.hold({.vcpus = 64, .memory = GiB});  // there are 4
                   for (const std::size_t one : cells)
                     queue.make_ready(one);
                   story.tell("built");
                 },
             .claims = false});
  for (int i = 0; i < 3; ++i)
    cells.push_back(queue.add(story.job("cell"), false));
  queue.run();
  CHECK(story.told == std::vector<std::string>{"built", "cell", "cell", "cell"});
}

TEST_CASE("builds are no cells: the user's limit of cells at once is not theirs") {
  MadeUpHost host;
  Gate::Setup setup = host.setup("mine");
  setup.jobs = 1;
  Gate gate(setup);
  Queue queue(gate, -1);
  Crowd crowd;
  const auto meet = [&] {
    crowd.enter();
    crowd.wait_for(2);
    crowd.leave();
  };
  queue.add({.work =
                 [&] {
                   const auto core = queue.hold({.vcpus = 1, .memory = GiB});
                   meet();
                 },
             .claims = false});
  queue.add({.waiting = cell(1, GiB), .work = meet});
  queue.run();
  CHECK(crowd.ended == 2);
}

TEST_CASE("who waits for the host's cores is told that the run ends") {
  MadeUpHost host;
  Gate gate(host.setup("mine"));
  Queue queue(gate, -1);
  std::atomic<bool> told = false;
  queue.add({.waiting = cell(4, GiB), .work = [&] { queue.stop(); }});
  queue.add({.work =
                 [&] {
                   try {
                     const auto first = queue.hold({.vcpus = 4});
                     const auto more = queue.hold({.vcpus = 4});
                   } catch (const Interrupted&) {
                     told = true;
                   }
                 },
             .claims = false});
  queue.run();
  CHECK(told);
}

TEST_CASE("a queue is over when what is left waits for a word that nobody can say") {
  MadeUpHost host;
  Gate gate(host.setup("mine"));
  Queue queue(gate, -1);
  Story story;
  queue.add(story.job("never"), false);
  queue.add(story.job("cell"));
  queue.run();
  CHECK(story.told == std::vector<std::string>{"cell"});
}
