#include "series/matrix.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "series/made_up.hpp"

using namespace kproof;
using namespace kproof::series;
using enum model::Verdict;

namespace {
// One case, with the verdicts of each row's repetitions.
Matrix of(const std::vector<std::vector<model::Verdict>>& verdicts) {
  std::vector<model::CellResult> cells;
  for (std::size_t row = 0; row < verdicts.size(); ++row)
    for (const model::Verdict verdict : verdicts[row])
      cells.push_back(cell(row == 0 ? "k" : fmt::format("k+{}", row), "mm/a", verdict));
  return compare(rows(verdicts.size() - 1), cells, {});
}

std::string changes(const Matrix& matrix) {
  std::string text;
  for (const Entry& entry : matrix.columns.at(0).entries)
    text += fmt::format("{}{}:{}", text.empty() ? "" : " ", to_string(entry.change), entry.verdict);
  return text;
}
}  // namespace

TEST_CASE("each row is compared with the one before it") {
  const Matrix matrix = of({{fail}, {fail}, {pass}, {crash}});
  CHECK(changes(matrix) == "unknown:fail unchanged:fail fixed:pass introduced:crash");
  CHECK(matrix.columns[0].first_change == 2u);
  CHECK(matrix.problems ==
        std::vector<std::string>{
            "3/3 introduces mm/a: crash",
            "after the last patch: mm/a is crash, and the plan expects otherwise"});
}

TEST_CASE("a series that fixes a case and introduces nothing is clean") {
  const Matrix matrix = of({{hang}, {pass}, {pass}});
  CHECK(changes(matrix) == "unknown:hang fixed:pass unchanged:pass");
  CHECK(matrix.clean());
}

TEST_CASE("what a later patch mends was introduced all the same") {
  const Matrix matrix = of({{pass}, {fail}, {pass}});
  CHECK(matrix.problems == std::vector<std::string>{"1/2 introduces mm/a: fail"});
}

TEST_CASE("a series that leaves a failure is not clean, and one that the plan expects is") {
  CHECK_FALSE(of({{fail}, {fail}}).clean());
  auto base = cell("k", "mm/a", fail), patched = cell("k+1", "mm/a", fail);
  base.judgement.expected = patched.judgement.expected = true;
  CHECK(compare(rows(1), {base, patched}, {}).clean());
}

TEST_CASE(
    "skip, miss and broken never count as fixed, and the next row is compared with the last that "
    "says something") {
  for (const model::Verdict nothing : {skip, miss, broken}) {
    const Matrix matrix = of({{fail}, {nothing}, {pass}});
    const auto& entries = matrix.columns.at(0).entries;
    CHECK(entries[1].change == Change::unknown);
    CHECK(entries[2].change == Change::fixed);
    CHECK(entries[2].against == 0u);
    CHECK(culprits(matrix.rows, 2, entries[2].against) == "1-2/2");
  }
  CHECK(changes(of({{skip}, {skip}})) == "unknown:skip unchanged:skip");
  CHECK_FALSE(of({{pass}, {miss}}).clean());
}

TEST_CASE(
    "a patch that does not build has no cells; its change is seen in the next row with both to "
    "blame") {
  auto both = rows(2);
  both[1].unbuilt = "mm/a.c:1: error";
  const Matrix matrix = compare(both, {cell("k", "mm/a", pass), cell("k+2", "mm/a", fail)}, {});
  CHECK(changes(matrix) == "unknown:pass unknown: introduced:fail");
  CHECK(matrix.problems.at(0) == "1/2 does not build");
  CHECK(matrix.problems.at(1) == "1-2/2 introduces mm/a: fail");
}

TEST_CASE("repetitions that disagree are flaky, and nothing is concluded from them") {
  const Matrix matrix = of({{pass, pass}, {pass, fail}, {pass, pass}});
  CHECK(changes(matrix) == "unknown:pass flaky:1/2 fail unknown:pass");
  CHECK(matrix.problems == std::vector<std::string>{"1/2 makes mm/a flaky: 1/2 fail"});
  const Matrix always = of({{pass, fail}, {fail, pass}});
  CHECK(changes(always) == "flaky:1/2 fail flaky:1/2 fail");
  CHECK_FALSE(always.columns[0].first_change);
}

TEST_CASE("a pass beside a miss is no pass") {
  CHECK(changes(of({{fail, fail}, {pass, miss}})) == "unknown:fail unknown:1/2 miss");
  CHECK(changes(of({{pass, pass}, {fail, miss}})) == "unknown:pass introduced:1/2 fail");
}

TEST_CASE("a failure that stays and looks otherwise is changed, with what went and what appeared") {
  auto base = cell("k", "mm/a", fail, {"bad pud"}), patched = cell("k+1", "mm/a", crash, {"panic"});
  base.subtests = {{"write faults", model::Subtest::Result::not_ok, ""}};
  patched.subtests = base.subtests;
  const Matrix matrix = compare(rows(1), {base, patched}, {});
  const Entry& entry = matrix.columns.at(0).entries.at(1);
  CHECK(entry.change == Change::changed);
  CHECK(entry.gone == std::vector<std::string>{"finding: bad pud", "verdict fail"});
  CHECK(entry.appeared == std::vector<std::string>{"finding: panic", "verdict crash"});
}

TEST_CASE("how many repetitions an entry stands for is known, the fewest of all") {
  CHECK(of({{pass, pass}, {pass, pass}}).repetitions == 2);
  CHECK(of({{pass, pass}, {pass}}).repetitions == 1);
}

TEST_CASE("a finding of some repetitions only is no change") {
  const Matrix matrix =
      compare(rows(1),
              {cell("k", "mm/a", fail, {"bad pud"}), cell("k", "mm/a", fail, {"bad pud", "stall"}),
               cell("k+1", "mm/a", fail, {"bad pud"}), cell("k+1", "mm/a", fail, {"bad pud"})},
              {});
  CHECK(matrix.columns.at(0).entries.at(1).change == Change::unchanged);
}

TEST_CASE("what did not run is told, and other kernels of the plan are no rows") {
  const Matrix matrix = compare(rows(1), {cell("k", "mm/a", pass), cell("x", "mm/b", pass)}, {});
  REQUIRE(matrix.columns.size() == 1);
  CHECK(matrix.problems == std::vector<std::string>{"after the last patch: mm/a did not run"});
  CHECK(compare(rows(1), {}, {}).problems == std::vector<std::string>{"no case ran"});
}

namespace {
// A cell whose subtests "a" and "b" ended so.
model::CellResult with(const std::string& kernel, model::Subtest::Result a,
                       model::Subtest::Result b) {
  using Result = model::Subtest::Result;
  const bool failed = a == Result::not_ok || b == Result::not_ok;
  auto one = cell(kernel, "mm/a", failed ? fail : pass);
  one.subtests = {{"a", a, a == Result::skip ? "no swap" : ""}, {"b", b, ""}};
  return one;
}
constexpr auto ok = model::Subtest::Result::ok, not_ok = model::Subtest::Result::not_ok,
               left_out = model::Subtest::Result::skip;
}  // namespace

TEST_CASE("a subtest that a patch makes the case skip is a change, though both rows pass") {
  const Matrix matrix = compare(
      rows(2), {with("k", ok, ok), with("k+1", left_out, ok), with("k+2", left_out, ok)}, {});
  CHECK(changes(matrix) == "unknown:pass changed:pass unchanged:pass");
  const Entry& entry = matrix.columns[0].entries[1];
  CHECK(entry.appeared == std::vector<std::string>{"skipped: a"});
  CHECK(entry.skipped == std::vector<std::string>{"a: no swap"});
  CHECK(matrix.columns[0].first_change == 1u);
}

TEST_CASE("what failed and is skipped now is not fixed") {
  const Matrix matrix = compare(rows(1), {with("k", not_ok, ok), with("k+1", left_out, ok)}, {});
  CHECK(changes(matrix) == "unknown:fail unknown:pass");
  CHECK(matrix.columns[0].entries[1].gone == std::vector<std::string>{"not ok: a"});
  CHECK(changes(compare(rows(1), {with("k", not_ok, left_out), with("k+1", ok, left_out)}, {})) ==
        "unknown:fail fixed:pass");
}

TEST_CASE("what fails and was skipped before is not introduced, and anything else is") {
  CHECK(changes(compare(rows(1), {with("k", left_out, ok), with("k+1", not_ok, ok)}, {})) ==
        "unknown:pass unknown:fail");
  CHECK(changes(compare(rows(1), {with("k", left_out, ok), with("k+1", not_ok, not_ok)}, {})) ==
        "unknown:pass introduced:fail");
}

TEST_CASE("a verdict that stands for nothing leaves no subtest out") {
  auto nothing = with("k", left_out, left_out);
  nothing.judgement.verdict = model::Verdict::skip;
  CHECK(compare(rows(0), {nothing}, {}).columns[0].entries[0].skipped.empty());
}
