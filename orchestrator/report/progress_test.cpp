#include "report/progress.hpp"

#include <algorithm>

#include <doctest/doctest.h>
#include <unistd.h>

#include "report/live.hpp"
#include "util/fd.hpp"

using namespace kproof;
using namespace kproof::report;
using namespace std::chrono_literals;
using model::Phase;
using model::Verdict;

namespace {

const model::Judgement kPass{Verdict::pass, model::Blame::none, "4 of 4", true};
const model::Judgement kCrash{Verdict::crash, model::Blame::kernel, "the kernel panicked", false};

ProgressModel two_running() {
  ProgressModel model{.total = 10};
  apply(model, CellFinished{"k/l1/mm/old", kPass, true}, 0s);
  apply(model, CellStarted{"k/l1/mm/a"}, 1s);
  apply(model, CellStarted{"k/l1/mm/b"}, 2s);
  apply(model, PhaseEntered{"k/l1/mm/a", Phase::test}, 5s);
  return model;
}

// What LiveProgress writes while `act` uses it.
template <class Act>
std::string written(Style style, Act act) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const util::Fd in(ends[0]);
  util::Fd out(ends[1]);
  {
    LiveProgress live(out.get(), style, 2, 0, [] { return util::Millis(1500); });
    act(live);
  }
  out.reset();
  std::string text;
  char buffer[4096];
  for (ssize_t n; (n = ::read(in.get(), buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(n));
  return text;
}

}  // namespace

TEST_CASE("the block shows totals and each running cell with its phase and times") {
  CHECK(render_block(two_running(), 7s, {}) ==
        "1/10 cells, 2 running, 7.0s elapsed\n"
        "  k/l1/mm/a  test 2.0s (6.0s)\n"
        "  k/l1/mm/b  start 5.0s (5.0s)\n");
}

TEST_CASE("no line of the block is as wide as the terminal") {
  CHECK(render_block(two_running(), 7s, {.width = 20}) ==
        "1/10 cells, 2 runn…\n"
        "  k/l1/mm/a  test …\n"
        "  k/l1/mm/b  start…\n");
}

TEST_CASE("the block is lower than the terminal, and says how many cells it leaves out") {
  auto model = two_running();
  apply(model, CellStarted{"k/l1/mm/c"}, 3s);
  CHECK(render_block(model, 7s, {.height = 4}) ==
        "1/10 cells, 3 running, 7.0s elapsed\n"
        "  k/l1/mm/a  test 2.0s (6.0s)\n"
        "  and 2 more\n");
  for (std::size_t height = 2; height < 8; ++height) {
    const std::string block = render_block(model, 7s, {.height = height});
    CHECK(std::ranges::count(block, '\n') < static_cast<std::ptrdiff_t>(height) + (height == 2));
  }
}

TEST_CASE("a cell that ended unexpectedly stays in the totals") {
  auto model = two_running();
  apply(model, CellFinished{"k/l1/mm/a", kCrash}, 8s);
  CHECK(render_block(model, 8s, {}) ==
        "2/10 cells, 1 running, 8.0s elapsed, 1 unexpected\n"
        "  k/l1/mm/b  start 6.0s (6.0s)\n");
}

TEST_CASE("kernels that are being made stand above the cells, and the totals count them") {
  auto model = two_running();
  model.kernels = 3;
  apply(model, KernelAt{"good", "looking"}, 1s);
  apply(model, KernelAt{"next", "looking"}, 2s);
  apply(model, KernelAt{"good", "345 steps in 2m: CC a.o"}, 3s);
  apply(model, KernelEnded{"next"}, 4s);
  CHECK(render_block(model, 7s, {}) ==
        "1/10 cells, 2 running, 1/3 kernels, 7.0s elapsed, about 14.0s left\n"
        "  kernel good  345 steps in 2m: CC a.o (6.0s)\n"
        "  k/l1/mm/a  test 2.0s (6.0s)\n"
        "  k/l1/mm/b  start 5.0s (5.0s)\n");
}

TEST_CASE("the time left is told from cells that ran, and only from enough of them") {
  ProgressModel model{.total = 9};
  for (const char* id : {"a", "b"}) {
    apply(model, CellStarted{id}, 10s);
    apply(model, CellFinished{id, kPass}, 20s);
  }
  apply(model, CellFinished{"kept", kPass, true}, 20s);
  CHECK_FALSE(time_left(model, 20s));
  apply(model, CellStarted{"c"}, 20s);
  apply(model, CellFinished{"c", kPass}, 25s);
  CHECK(time_left(model, 25s) == 25s);
  model.kernels = 2;  // none of them is made
  CHECK_FALSE(time_left(model, 25s));
}

TEST_CASE("cells without a kernel leave the totals") {
  auto model = two_running();
  apply(model, CellsGone{4}, 3s);
  CHECK(model.total == 6);
}

TEST_CASE("each event is one plain line") {
  const auto model = two_running();
  const Style plain;
  CHECK(render_event(model, CellStarted{"x"}, 12300ms, plain) == "[ 12.3s] [1/10] x: started");
  CHECK(render_event(model, PhaseEntered{"x", Phase::boot}, 3s, plain) ==
        "[  3.0s] [1/10] x: boot");
  CHECK(render_event(model, CellFinished{"k/l1/mm/a", kPass}, 8s, plain) ==
        "[  8.0s] [2/10] k/l1/mm/a: pass in 7.0s");
  CHECK(render_event(model, CellFinished{"k/l1/mm/a", kCrash}, 8s, plain) ==
        "[  8.0s] [2/10] k/l1/mm/a: crash in 7.0s: the kernel panicked");
  CHECK(render_event(model, CellFinished{"k/l1/mm/z", kPass, true}, 8s, plain) ==
        "[  8.0s] [2/10] k/l1/mm/z: pass, kept from an earlier run");
  CHECK(render_event(model, CellFinished{"k/l1/mm/a", kPass, false, {"two: no swap", "three: x"}},
                     8s, plain) ==
        "[  8.0s] [2/10] k/l1/mm/a: pass (2 skipped) in 7.0s: skipped two: no swap");
}

TEST_CASE("a phase of a cell that is not running changes nothing") {
  auto model = two_running();
  apply(model, PhaseEntered{"gone", Phase::test}, 9s);
  CHECK(model.running.size() == 2);
}

TEST_CASE("without a terminal every event is written as a line, and ticks are not") {
  CHECK(written({},
                [](LiveProgress& live) {
                  live.on(CellStarted{"a"});
                  live.tick();
                  live.say("hello");
                  live.on(CellFinished{"a", kPass});
                }) ==
        "[  1.5s] [0/2] a: started\n"
        "hello\n"
        "[  1.5s] [1/2] a: pass in 0.0s\n");
}

TEST_CASE("on a terminal the block is erased and redrawn, and finished cells stay above it") {
  CHECK(written({.terminal = true},
                [](LiveProgress& live) {
                  live.on(CellStarted{"a"});
                  live.on(CellFinished{"a", kPass});
                }) ==
        "0/2 cells, 1 running, 1.5s elapsed\n  a  start 0.0s (0.0s)\n"
        "\033[2A\033[J[  1.5s] [1/2] a: pass in 0.0s\n1/2 cells, 0 running, 1.5s elapsed\n"
        "\033[1A\033[J");
}
