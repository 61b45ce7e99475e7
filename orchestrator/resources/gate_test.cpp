#include "resources/gate.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "resources/made_up_host.hpp"

using namespace kproof;
using namespace kproof::resources;
namespace fs = std::filesystem;

using Indices = std::vector<std::size_t>;

TEST_CASE("beside another run's cells only those start for which there is room") {
  MadeUpHost host;
  const OtherRun other = host.other({{.vcpus = 2, .memory = 7 * GiB}});
  Gate gate(host.setup("mine"));
  const std::vector<Waiting> waiting{cell(1, 4 * GiB), cell(1, 2 * GiB), cell(1, GiB)};
  CHECK(gate.ask({}, waiting).start == Indices{1, 2});
}

TEST_CASE("a run that waits for another one says for what, and for whom, once") {
  MadeUpHost host;
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
  MadeUpHost host;
  OtherRun other = host.other({{.vcpus = 4, .memory = GiB}});
  Gate gate(host.setup("mine"));
  const std::vector<Waiting> waiting{cell(2, GiB)};
  CHECK(gate.ask({}, waiting).start.empty());
  other.kill();
  CHECK(gate.ask({}, waiting).start == Indices{0});
}

TEST_CASE("quiet is quiet across runs: it waits for their cells, and theirs for it") {
  MadeUpHost host;
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
  MadeUpHost host;
  Gate busy(host.setup("busy")), timing(host.setup("timing"));
  const std::vector<Needs> running{cell(1, GiB).needs};
  CHECK(busy.ask({}, std::vector{cell(1, GiB)}).start == Indices{0});
  CHECK(timing.ask({}, std::vector{cell(1, GiB, true)}).start.empty());
  CHECK(busy.ask(running, std::vector{cell(1, GiB)}).start.empty());
  CHECK(busy.ask({}, std::vector{cell(1, GiB)}).start.empty());  // its cell has ended
  CHECK(timing.ask({}, std::vector{cell(1, GiB, true)}).start == Indices{0});
}

TEST_CASE("two runs take turns: who has waited longer goes first") {
  MadeUpHost host;
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
  MadeUpHost host;
  Waiting huge = cell(1, GiB);
  huge.needs.huge_pages[kPage2M] = 100;
  Gate gate(host.setup("mine"));
  CHECK(gate.ask({}, std::vector{huge}).hopeless ==
        "it needs 100 huge pages of 2M (0 are free), more than this host has");
}

TEST_CASE(
    "a cell for which other programs leave no room waits as long as is borne, and no longer") {
  MadeUpHost host;
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
  MadeUpHost host;
  const OtherRun other = host.other({{.vcpus = 1, .memory = 8 * GiB}});
  Gate gate(host.setup("mine"));
  const auto answer = gate.ask({}, std::vector{cell(1, 4 * GiB)});
  CHECK(answer.start.empty());
  CHECK(answer.hopeless.empty());
}

TEST_CASE("no more run at once than the user allows, and he waits for nobody then") {
  MadeUpHost host;
  Gate::Setup setup = host.setup("mine");
  setup.jobs = 1;
  Gate gate(setup), other(host.setup("other"));
  const std::vector<Waiting> waiting(3, cell(1, GiB));
  CHECK(gate.ask({}, waiting).start == Indices{0});
  CHECK(other.ask({}, waiting).start == Indices{0, 1, 2});
}

TEST_CASE("a build holds the cores that it compiles on, and no more than there are") {
  MadeUpHost host;
  Gate gate(host.setup("cells"));
  {
    const Hold hold(host.setup("build"), {.vcpus = 64, .memory = 100 * GiB}, -1);
    CHECK(gate.ask({}, std::vector{cell(1, GiB)}).start.empty());
  }
  CHECK(gate.ask({}, std::vector{cell(1, GiB)}).start == Indices{0});
}

TEST_CASE("a build waits until all its cores are free, and can be interrupted in that") {
  MadeUpHost host;
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
