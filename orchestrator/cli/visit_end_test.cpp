#include "cli/visit_end.hpp"

#include <doctest/doctest.h>

using namespace kproof;
using namespace kproof::cli;
using model::Blame;
using model::Verdict;

static int code(Verdict verdict, Blame blame, std::optional<agent::CaseEnded> ended) {
  report::RunReport report;
  report.cells.emplace_back();
  report.cells[0].judgement = {
      .verdict = verdict, .blame = blame, .expected = verdict == Verdict::pass};
  return visit_exit_code(report, ended);
}

TEST_CASE("a command's exit code is passed on, and a signal as shells tell it") {
  CHECK(code(Verdict::pass, Blame::none, agent::CaseEnded{}) == 0);
  CHECK(code(Verdict::pass, Blame::none, agent::CaseEnded{.exit_code = 7}) == 7);
  CHECK(code(Verdict::pass, Blame::none, agent::CaseEnded{.signal = 11}) == 139);
}

TEST_CASE("what the kernel did outranks what the command says") {
  for (const Verdict verdict : {Verdict::fail, Verdict::crash, Verdict::hang})
    CHECK(code(verdict, Blame::kernel, agent::CaseEnded{.exit_code = 7}) == kKernelFailed);
  CHECK(code(Verdict::crash, Blame::kernel, std::nullopt) == kKernelFailed);
}

TEST_CASE("a command that takes too long, on a kernel that lives, is told as timeout(1) tells it") {
  CHECK(code(Verdict::hang, Blame::test, agent::CaseEnded{.signal = 9}) == kCommandTimedOut);
}

TEST_CASE("where nothing is known of the kernel, nothing is claimed") {
  for (const Verdict verdict : {Verdict::broken, Verdict::miss, Verdict::skip})
    CHECK(code(verdict, Blame::host, agent::CaseEnded{}) == kCannotTell);
  CHECK(code(Verdict::pass, Blame::none, std::nullopt) == kCannotTell);
  report::RunReport none;
  CHECK(visit_exit_code(none, std::nullopt) == kCannotTell);
  none.interrupted = true;
  CHECK(visit_exit_code(none, std::nullopt) == 130);
}

TEST_CASE("a finding that is known and accepted does not hide the command's exit code") {
  report::RunReport report;
  report.cells.emplace_back();
  report.cells[0].judgement = {.verdict = Verdict::fail, .expected = true};
  CHECK(visit_exit_code(report, agent::CaseEnded{.exit_code = 3}) == 3);
}
