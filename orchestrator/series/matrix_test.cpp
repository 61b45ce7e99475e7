#include "series/matrix.hpp"

#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "series/made_up.hpp"

using namespace kproof;
using namespace kproof::series;
using enum model::Verdict;
using Texts = std::vector<std::string>;

namespace {
Texts problems(const Matrix& matrix) {
  Texts texts;
  for (const Problem& problem : matrix.problems)
    texts.push_back(problem.text);
  return texts;
}
Texts told(const std::vector<compare::Sign>& signs) {
  Texts texts;
  for (const compare::Sign& sign : signs)
    texts.push_back(to_string(sign));
  return texts;
}

// One case, with the verdicts of each row's repetitions.
Matrix of(const std::vector<std::vector<model::Verdict>>& verdicts) {
  std::vector<model::CellResult> cells;
  for (std::size_t row = 0; row < verdicts.size(); ++row)
    for (const model::Verdict verdict : verdicts[row])
      cells.push_back(cell(row == 0 ? "k" : fmt::format("k+{}", row), "mm/a", verdict));
  return matrix_of(rows(verdicts.size() - 1), cells, {});
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
  CHECK(problems(matrix) ==
        Texts{"3/3 introduces mm/a: crash",
              "after the last patch: mm/a is crash, and the plan expects otherwise"});
}

TEST_CASE("a series that fixes a case and introduces nothing is clean") {
  const Matrix matrix = of({{hang}, {pass}, {pass}});
  CHECK(changes(matrix) == "unknown:hang fixed:pass unchanged:pass");
  CHECK(matrix.clean());
}

TEST_CASE("what a later patch mends was introduced all the same") {
  const Matrix matrix = of({{pass}, {fail}, {pass}});
  CHECK(problems(matrix) == Texts{"1/2 introduces mm/a: fail"});
}

TEST_CASE("a series that leaves a failure is not clean, and one that the plan expects is") {
  CHECK_FALSE(of({{fail}, {fail}}).clean());
  auto base = cell("k", "mm/a", fail), patched = cell("k+1", "mm/a", fail);
  base.judgement.expected = patched.judgement.expected = true;
  CHECK(matrix_of(rows(1), {base, patched}, {}).clean());
}

TEST_CASE(
    "skip, miss and broken never count as fixed, and the next row is compared with the last that "
    "says something") {
  for (const model::Verdict nothing : {skip, miss, broken}) {
    const Matrix matrix = of({{fail}, {nothing}, {pass}});
    const auto& entries = matrix.columns.at(0).entries;
    CHECK(entries[1].change == Change::unknown);
    CHECK_FALSE(matrix.clean());
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
  const Matrix matrix = matrix_of(both, {cell("k", "mm/a", pass), cell("k+2", "mm/a", fail)}, {});
  CHECK(changes(matrix) == "unknown:pass unknown: introduced:fail");
  CHECK(problems(matrix).at(0) == "1/2 does not build");
  CHECK(problems(matrix).at(1) == "1-2/2 introduces mm/a: fail");
}

TEST_CASE("repetitions that disagree are flaky, and nothing is concluded from them") {
  const Matrix matrix = of({{pass, pass}, {pass, fail}, {pass, pass}});
  CHECK(changes(matrix) == "unknown:pass flaky:1/2 fail unknown:pass");
  CHECK(problems(matrix) == Texts{"1/2 makes mm/a flaky: 1/2 fail"});
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
  const Matrix matrix = matrix_of(rows(1), {base, patched}, {});
  const Entry& entry = matrix.columns.at(0).entries.at(1);
  CHECK(entry.change == Change::changed);
  CHECK(told(entry.gone) == Texts{"verdict fail", "finding: bad pud"});
  CHECK(told(entry.appeared) == Texts{"verdict crash", "finding: panic"});
}

TEST_CASE("how many repetitions an entry stands for is known, the fewest of all") {
  CHECK(of({{pass, pass}, {pass, pass}}).repetitions == 2);
  CHECK(of({{pass, pass}, {pass}}).repetitions == 1);
}

TEST_CASE("a finding of some repetitions only is no change") {
  const Matrix matrix = matrix_of(
      rows(1),
      {cell("k", "mm/a", fail, {"bad pud"}), cell("k", "mm/a", fail, {"bad pud", "stall"}),
       cell("k+1", "mm/a", fail, {"bad pud"}), cell("k+1", "mm/a", fail, {"bad pud"})},
      {});
  CHECK(matrix.columns.at(0).entries.at(1).change == Change::unchanged);
}

TEST_CASE("what did not run is told, and other kernels of the plan are no rows") {
  const Matrix matrix = matrix_of(rows(1), {cell("k", "mm/a", pass), cell("x", "mm/b", pass)}, {});
  REQUIRE(matrix.columns.size() == 1);
  CHECK(problems(matrix) == Texts{"after the last patch: mm/a did not run"});
  CHECK(problems(matrix_of(rows(1), {}, {})) == Texts{"no case ran"});
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
  const Matrix matrix = matrix_of(
      rows(2), {with("k", ok, ok), with("k+1", left_out, ok), with("k+2", left_out, ok)}, {});
  CHECK(changes(matrix) == "unknown:pass changed:pass unchanged:pass");
  const Entry& entry = matrix.columns[0].entries[1];
  CHECK(told(entry.appeared) == Texts{"skipped: a"});
  CHECK(entry.skipped == Texts{"a: no swap"});
  CHECK(matrix.columns[0].first_change == 1u);
}

TEST_CASE("what failed and is skipped now is not fixed") {
  const Matrix matrix = matrix_of(rows(1), {with("k", not_ok, ok), with("k+1", left_out, ok)}, {});
  CHECK(changes(matrix) == "unknown:fail unknown:pass");
  CHECK(told(matrix.columns[0].entries[1].gone) == Texts{"not ok: a"});
  CHECK(changes(matrix_of(rows(1), {with("k", not_ok, left_out), with("k+1", ok, left_out)}, {})) ==
        "unknown:fail fixed:pass");
}

TEST_CASE("what fails and was skipped before is not introduced, and anything else is") {
  CHECK(changes(matrix_of(rows(1), {with("k", left_out, ok), with("k+1", not_ok, ok)}, {})) ==
        "unknown:pass unknown:fail");
  CHECK(changes(matrix_of(rows(1), {with("k", left_out, ok), with("k+1", not_ok, not_ok)}, {})) ==
        "unknown:pass introduced:fail");
}

TEST_CASE("a verdict that stands for nothing leaves no subtest out") {
  auto nothing = with("k", left_out, left_out);
  nothing.judgement.verdict = model::Verdict::skip;
  CHECK(matrix_of(rows(0), {nothing}, {}).columns[0].entries[0].skipped.empty());
}

TEST_CASE("a finding that comes and goes between failures makes a series unclean") {
  const Matrix matrix =
      matrix_of(rows(2),
                {cell("k", "mm/a", fail, {"bad pud"}),
                 cell("k+1", "mm/a", fail, {"bad pud", "KASAN"}), cell("k+2", "mm/a", pass)},
                {});
  CHECK(problems(matrix) == Texts{"1/2 adds to mm/a: finding: KASAN"});
}

TEST_CASE("a finding of one repetition only appears all the same") {
  const Matrix matrix = matrix_of(
      rows(1),
      {cell("k", "mm/a", fail, {"bad pud"}), cell("k", "mm/a", fail, {"bad pud"}),
       cell("k+1", "mm/a", fail, {"bad pud"}), cell("k+1", "mm/a", fail, {"bad pud", "x"})},
      {});
  CHECK(matrix.columns.at(0).entries.at(1).change == Change::changed);
  CHECK(problems(matrix).at(0) == "1/1 adds to mm/a: finding: x");
}

TEST_CASE("a WARN whose line moved is not new, and a second one with the same callers is") {
  const auto warns = [](const std::string& kernel, std::vector<std::string> places) {
    auto one = cell(kernel, "mm/a", fail);
    for (std::string& place : places)
      one.findings.push_back(
          {.title = "WARNING in f", .fingerprint = "11", .place = std::move(place)});
    return one;
  };
  const Matrix matrix = matrix_of(
      rows(3),
      {warns("k", {"mm/a.c:9"}), warns("k+1", {"mm/a.c:12"}),
       warns("k+2", {"mm/a.c:12", "mm/a.c:90"}), warns("k+3", {"mm/a.c:14", "mm/a.c:92"})},
      {});
  CHECK(matrix.columns.at(0).entries.at(1).change == Change::unchanged);
  CHECK(matrix.columns.at(0).entries.at(3).change == Change::unchanged);
  CHECK(problems(matrix).at(0) ==
        "2/3 adds to mm/a: finding: WARNING in f at another place (mm/a.c:90)");
  CHECK(std::ranges::count_if(problems(matrix), [](const std::string& text) {
          return text.find("adds to") != text.npos;
        }) == 1);
}

TEST_CASE("repetitions that show one place each have two, and two in one are no more") {
  const auto warns = [](const std::string& kernel, const std::string& place) {
    auto one = cell(kernel, "mm/a", fail);
    one.findings = {{.title = "WARNING in f", .fingerprint = "11", .place = place}};
    return one;
  };
  auto both = warns("k+1", "mm/a.c:9");
  both.findings.push_back(warns("k+1", "mm/a.c:90").findings[0]);
  const Matrix matrix =
      matrix_of(rows(1), {warns("k", "mm/a.c:9"), warns("k", "mm/a.c:90"), both, both}, {});
  CHECK(matrix.columns.at(0).entries.at(1).appeared.empty());
}

TEST_CASE("another WARN of a function that has one already is a finding that appears") {
  auto base = cell("k", "mm/a", fail, {"WARNING in f"}), patched = cell("k+1", "mm/a", fail);
  base.findings[0].fingerprint = "11";
  patched.findings = base.findings;
  patched.findings.push_back({.title = "WARNING in f", .fingerprint = "22"});
  base.judgement.expected = patched.judgement.expected = true;
  CHECK(problems(matrix_of(rows(1), {base, patched}, {})) ==
        Texts{"1/1 adds to mm/a: finding: WARNING in f"});
}

TEST_CASE("a subtest that fails besides, and a failure that becomes a hang, are problems") {
  auto base = cell("k", "mm/a", fail), worse = cell("k+1", "mm/a", fail);
  base.subtests = {{"a", model::Subtest::Result::not_ok, ""},
                   {"b", model::Subtest::Result::ok, ""}};
  worse.subtests = base.subtests;
  worse.subtests[1].result = model::Subtest::Result::not_ok;
  CHECK(problems(matrix_of(rows(2), {base, worse, cell("k+2", "mm/a", pass)}, {})).at(0) ==
        "1/2 adds to mm/a: not ok: b");
  CHECK(problems(of({{fail}, {hang}, {pass}})) == Texts{"1/2 adds to mm/a: verdict hang"});
}

TEST_CASE(
    "a proof that is lost is a problem once, with the reason, though a later row has it again") {
  for (const model::Verdict nothing : {skip, miss, broken}) {
    const Matrix matrix = of({{pass}, {nothing}, {nothing}, {pass}});
    REQUIRE(matrix.problems.size() == 1);
    CHECK(matrix.problems[0].text ==
          fmt::format("1/3 loses the proof of mm/a: {}: why", to_string(nothing)));
    CHECK(matrix.columns[0].entries[1].change == Change::lost);
    CHECK(matrix.columns[0].first_change == 1u);
    CHECK((matrix.problems[0].cause == Problem::Cause::host) == (nothing == broken));
  }
  CHECK(problems(of({{pass, pass}, {pass, miss}, {pass, pass}})) ==
        Texts{"1/2 loses the proof of mm/a: 1/2 miss: why"});
  CHECK(problems(of({{fail}, {miss}, {pass}})) == Texts{"1/2 loses the proof of mm/a: miss: why"});
}

TEST_CASE("a proof that is lost behind a patch that does not build is told there") {
  auto three = rows(3);
  three[1].unbuilt = "error";
  CHECK(problems(matrix_of(
            three, {cell("k", "mm/a", pass), cell("k+2", "mm/a", miss), cell("k+3", "mm/a", pass)},
            {})) == Texts{"1/3 does not build", "1-2/3 loses the proof of mm/a: miss: why"});
}

TEST_CASE("what the test or the host did wrong is never fixed or introduced, and loses a proof") {
  for (const model::Blame blame : {model::Blame::test, model::Blame::config, model::Blame::host}) {
    auto fault = cell("k+1", "mm/a", fail);
    fault.judgement.blame = blame;
    const Matrix worse = matrix_of(rows(1), {cell("k", "mm/a", pass), fault}, {});
    CHECK(worse.columns[0].entries[1].change == Change::lost);
    CHECK_FALSE(worse.clean());
    fault.kernel = "k";
    const Matrix better = matrix_of(rows(1), {fault, cell("k+1", "mm/a", pass)}, {});
    CHECK(better.columns[0].entries[1].change == Change::unknown);
    CHECK(better.clean());
  }
}

TEST_CASE("a subtest that a patch makes skipped, or leaves out, is a problem in any row") {
  CHECK(problems(matrix_of(
            rows(2), {with("k", ok, ok), with("k+1", left_out, ok), with("k+2", ok, ok)}, {})) ==
        Texts{"1/2 skips a subtest of mm/a: a"});
  auto shorter = with("k+1", ok, ok);
  shorter.subtests.pop_back();
  const Matrix matrix = matrix_of(rows(2), {with("k", ok, ok), shorter, with("k+2", ok, ok)}, {});
  CHECK(problems(matrix) == Texts{"1/2 loses a subtest of mm/a: b is not there"});
  CHECK(matrix.columns[0].entries[1].change == Change::changed);
}

TEST_CASE(
    "a subtest that fails where it was skipped before is no doing of the patch, and a problem") {
  CHECK(problems(matrix_of(rows(2),
                           {with("k", left_out, ok), with("k+1", not_ok, ok), with("k+2", ok, ok)},
                           {})) == Texts{"1/2 adds to mm/a: not ok: a"});
}

TEST_CASE(
    "a failure that no row above can be compared with is a problem unless the plan expects it") {
  auto fault = cell("k+1", "mm/a", fail, {"bad pud"});
  const auto all = [&] {
    return matrix_of(rows(2), {cell("k", "mm/a", miss), fault, cell("k+2", "mm/a", pass)}, {});
  };
  CHECK(problems(all()) == Texts{"1/2: mm/a is fail (finding: bad pud), and no row above says "
                                 "whether that is new"});
  fault.judgement.expected = true;
  CHECK(all().clean());
}

TEST_CASE("a known finding that appears is a change, and no problem") {
  auto known = cell("k+1", "mm/a", fail, {"bad pud"});
  known.findings[0].known.place = "known.yaml:3:5";
  known.judgement.expected = true;
  const Matrix matrix = matrix_of(rows(1), {cell("k", "mm/a", pass), known}, {});
  CHECK(matrix.columns[0].entries[1].change == Change::changed);
  CHECK(told(matrix.columns[0].entries[1].appeared) == Texts{"known finding: bad pud"});
  CHECK(matrix.clean());
}

TEST_CASE("rows that an interruption left out are problems of no patch") {
  const Matrix matrix = matrix_of(rows(2), {cell("k", "mm/a", pass)}, {});
  CHECK(problems(matrix) ==
        Texts{"1/2: mm/a did not run", "after the last patch: mm/a did not run"});
  for (const Problem& problem : matrix.problems)
    CHECK(problem.cause == Problem::Cause::unrun);
}
