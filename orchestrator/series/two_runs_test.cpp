#include "series/two_runs.hpp"

#include <doctest/doctest.h>

#include "series/made_up.hpp"

using namespace kproof;
using namespace kproof::series;
using model::Verdict;

namespace {
model::CellResult blamed(const std::string& kernel, Verdict verdict, model::Blame blame) {
  auto one = cell(kernel, "mm/a", verdict);
  one.judgement.blame = blame;
  return one;
}

TwoRuns two(std::vector<model::CellResult> a, std::vector<model::CellResult> b) {
  return compare_runs({.cells = std::move(a), .plan = "p"}, {.cells = std::move(b), .plan = "p"},
                      {});
}

struct Told {
  Change change;
  Worse worse;
  bool operator==(const Told&) const = default;
};

Told told(std::vector<model::CellResult> a, std::vector<model::CellResult> b) {
  const TwoRuns runs = two(std::move(a), std::move(b));
  REQUIRE(runs.matrix.columns.size() == 1);
  return {runs.matrix.columns[0].entries[1].change, worse(runs, runs.matrix.columns[0])};
}
}  // namespace

TEST_CASE("a run and itself are unchanged, whatever it showed") {
  for (const Verdict verdict : {Verdict::pass, Verdict::fail, Verdict::crash, Verdict::skip,
                                Verdict::miss, Verdict::broken})
    CHECK(told({cell("k", "mm/a", verdict, {"f"})}, {cell("k", "mm/a", verdict, {"f"})}) ==
          Told{Change::unchanged, Worse::no});
}

TEST_CASE("what became of a cell has the series matrix's word, and is worse or not") {
  const auto pass = cell("k", "mm/a", Verdict::pass);
  const auto fail = cell("k", "mm/a", Verdict::fail, {"WARNING in f"});
  CHECK(told({pass}, {fail}) == Told{Change::introduced, Worse::yes});
  CHECK(told({fail}, {pass}) == Told{Change::fixed, Worse::no});
  CHECK(told({fail}, {cell("k", "mm/a", Verdict::fail, {"WARNING in f", "KASAN in g"})}) ==
        Told{Change::changed, Worse::yes});
  CHECK(told({cell("k", "mm/a", Verdict::fail, {"a", "b"})},
             {cell("k", "mm/a", Verdict::fail, {"a"})}) == Told{Change::changed, Worse::no});
  CHECK(told({pass, pass}, {pass, fail}) == Told{Change::flaky, Worse::yes});
  CHECK(told({pass, fail}, {pass, fail}) == Told{Change::flaky, Worse::no});
  CHECK(told({pass}, {blamed("k", Verdict::broken, model::Blame::host)}) ==
        Told{Change::lost, Worse::host});
  CHECK(told({pass}, {blamed("k", Verdict::miss, model::Blame::test)}) ==
        Told{Change::lost, Worse::yes});
  CHECK(told({blamed("k", Verdict::broken, model::Blame::host)}, {fail}).worse == Worse::no);
}

TEST_CASE("a cell that is gone is a lost proof where both ran the whole of one plan") {
  const auto pass = cell("k", "mm/a", Verdict::pass), other = cell("k", "mm/b", Verdict::pass);
  const TwoRuns runs = two({pass, other}, {pass});
  CHECK(became(runs, runs.matrix.columns[1]) == Became::gone);
  CHECK(worse(runs, runs.matrix.columns[1]) == Worse::yes);
  const TwoRuns narrowed = compare_runs({.cells = {pass, other}, .plan = "p"},
                                        {.cells = {pass}, .plan = "p", .narrowed = true}, {});
  CHECK(worse(narrowed, narrowed.matrix.columns[1]) == Worse::no);
  CHECK(became(narrowed, narrowed.matrix.columns[1]) == Became::left_out);
  const TwoRuns added = two({pass}, {pass, other});
  CHECK(became(added, added.matrix.columns[1]) == Became::added);
}

TEST_CASE("two kernels of other names are a pair, where there is one of each") {
  const TwoRuns runs =
      two({cell("good", "mm/a", Verdict::pass)}, {cell("seeded", "mm/a", Verdict::fail, {"f"})});
  REQUIRE(runs.matrix.columns.size() == 1);
  CHECK(runs.paired == "good, seeded");
  CHECK(cell_of(runs.matrix.columns[0]) == "seeded/l1/mm/a");
  CHECK(runs.matrix.columns[0].entries[1].change == Change::introduced);
}

TEST_CASE("what ran with other arguments or in another machine is not compared, and says why") {
  auto a = cell("k", "mm/a", Verdict::pass), b = cell("k", "mm/a", Verdict::fail, {"f"});
  b.args = {"--size", "4M"};
  TwoRuns runs = two({a}, {b});
  CHECK(runs.matrix.columns.empty());
  REQUIRE(runs.apart.size() == 1);
  CHECK(runs.apart[0].cell == "k/l1/mm/a");
  CHECK(runs.apart[0].why == "its arguments were `` and are `--size 4M`");
  b.args = a.args;
  a.levels = {{.memory = std::uint64_t{1} << 30}};
  b.levels = {{.memory = std::uint64_t{2} << 30}};
  CHECK(two({a}, {b}).apart.size() == 1);
}

TEST_CASE("figures of two hosts are not compared, and a time that became more is worse") {
  std::vector<model::CellResult> a, b;
  for (int n = 0; n < 6; ++n) {
    a.push_back(cell("k", "mm/a", Verdict::pass));
    b.push_back(a.back());
    a.back().metrics = {{"stall", 100.0 + n, "us"}, {"calls", 100.0 + n, "calls"}};
    b.back().metrics = {{"stall", 200.0 + n, "us"}, {"calls", 200.0 + n, "calls"}};
  }
  const TwoRuns runs = two(a, b);
  REQUIRE(runs.matrix.metrics.size() == 2);
  for (const MetricColumn& column : runs.matrix.metrics) {
    CHECK(column.figures[1].trend == compare::Trend::more);
    CHECK(is_worse(column) == (column.metric == "stall"));
  }
  const TwoRuns hosts = compare_runs({.cells = a}, {.cells = b, .host = {.cpu = "other"}}, {});
  CHECK(hosts.matrix.metrics.empty());
  CHECK(hosts.figures_apart.starts_with("A was measured on "));
}
