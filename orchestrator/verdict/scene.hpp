// For the tests of the truth table.
#pragma once

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "verdict/judge.hpp"

namespace kproof::verdict {

using namespace model;

// A cell in which nothing is wrong; each test spoils what its row is about.
struct Scene {
  RunOutcome outcome{.end = Orderly{}, .exit = CaseExit{}, .taint = Taint{}};
  CaseReport report{.subtests = {{"write after PROT_READ faults", Subtest::Result::ok, ""},
                                 {"munmap of part of the range", Subtest::Result::ok, ""}},
                    .evidence = {{"mapping_is_pud", true, "1 fault"}}};
  Observation observation{
      .outcome = outcome,
      .report = report,
      .evidence = {"mapping_is_pud"},
      .canaries = {{1, Source::console, true, true}, {1, Source::kmsg, true, true}}};
  Expectation expectation;

  Judgement judge() const { return verdict::judge(expectation, {&observation, 1}); }
  void find(std::string title, bool panicked = false) {
    observation.findings.push_back({.title = std::move(title), .panicked = panicked});
  }
  void fail_subtest() {
    report.subtests[0].result = Subtest::Result::not_ok;
    outcome.exit->exit_code = 1;
  }
  void expect_bad_pud() {
    expectation = {.verdict = Verdict::fail,
                   .findings = {"^bad pud$"},
                   .subtests = {"^write after PROT_READ"},
                   .place = "p.yaml:20:5"};
  }
};

// The row that decides, and what it says.
inline void check(const Scene& scene, std::string_view row, Verdict verdict, Blame blame,
                  std::string_view reason) {
  const Judgement judgement = scene.judge();
  CHECK(deciding_row({&scene.observation, 1}) == row);
  CHECK(to_string(judgement.verdict) == to_string(verdict));
  CHECK(to_string(judgement.blame) == to_string(blame));
  CHECK(judgement.reason == reason);
  CHECK(judgement.expected == (verdict == Verdict::pass));
}

}  // namespace kproof::verdict
