#include "cli/exit_code.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace kproof;
using model::Blame;
using model::Verdict;

namespace {
model::CellResult cell(Verdict verdict, Blame blame, bool expected) {
  model::CellResult cell;
  cell.judgement = {.verdict = verdict, .blame = blame, .reason = "", .expected = expected};
  return cell;
}
const auto kFine = cell(Verdict::pass, Blame::none, true);
const auto kCrash = cell(Verdict::crash, Blame::kernel, false);
const auto kMiss = cell(Verdict::miss, Blame::test, false);
const auto kBroken = cell(Verdict::broken, Blame::host, false);

int code(std::vector<model::CellResult> cells, bool signalled = false, std::size_t unrun = 0) {
  report::RunReport report;
  report.planned = cells.size() + unrun;
  report.cells = std::move(cells);
  report.interrupted = unrun > 0 && signalled;
  return cli::exit_code(report, signalled);
}
}  // namespace

TEST_CASE(
    "what is proven to be unexpected outranks an interruption, and that a fault of the host") {
  struct Row {
    bool unexpected, interrupted, host, incomplete;
    int code;
  };
  const Row rows[] = {
      {false, false, false, false, 0},  {false, false, false, true, 1},
      {false, false, true, false, 69},  {false, false, true, true, 69},
      {false, true, false, false, 130}, {false, true, false, true, 130},
      {false, true, true, false, 130},  {false, true, true, true, 130},
      {true, false, false, false, 1},   {true, false, false, true, 1},
      {true, false, true, false, 1},    {true, false, true, true, 1},
      {true, true, false, false, 1},    {true, true, false, true, 1},
      {true, true, true, false, 1},     {true, true, true, true, 1},
  };
  for (const Row& row : rows) {
    CAPTURE(row.code);
    CHECK(cli::exit_code({row.unexpected, row.interrupted, row.host, row.incomplete}) == row.code);
  }
}

TEST_CASE("a broken cell hides nothing that another one shows") {
  CHECK(code({kFine}) == 0);
  CHECK(code({kFine, kBroken}) == 69);
  for (const Verdict verdict : {Verdict::pass, Verdict::fail, Verdict::crash, Verdict::hang,
                                Verdict::skip, Verdict::miss}) {
    CHECK(code({kBroken, cell(verdict, Blame::kernel, false), kFine}) == 1);
    CHECK(code({kBroken, cell(verdict, Blame::kernel, true), kFine}) == 69);
  }
}

TEST_CASE("a miss that is this host's fault counts as broken does") {
  CHECK(code({cell(Verdict::miss, Blame::host, false)}) == 69);
  CHECK(code({cell(Verdict::miss, Blame::host, false), kMiss}) == 1);
}

TEST_CASE("an interruption hides no failure that was seen before") {
  CHECK(code({kFine}, true, 3) == 130);
  CHECK(code({kFine, kBroken}, true, 3) == 130);
  CHECK(code({kCrash}, true, 3) == 1);
}

TEST_CASE("a series ends by its problems: a failure that stays as it was is none") {
  report::RunReport report;
  report.series = series::Matrix{.rows = {{"k", "Base", ""}}};
  report.cells = {kCrash};
  report.planned = 1;
  CHECK(cli::exit_code(report, false) == 0);
  using Cause = series::Problem::Cause;
  report.series->problems = {{Cause::host, "x", 0, {}}};
  CHECK(cli::exit_code(report, false) == 69);
  report.series->problems.push_back({Cause::unrun, "x", 0, {}});
  CHECK(cli::exit_code(report, true) == 130);
  report.series->problems.push_back({Cause::series, "x", 0, {}});
  CHECK(cli::exit_code(report, true) == 1);
  report.series->rows[0].unbuilt = "error";
  CHECK(cli::exit_code(report, false) == 2);
}
