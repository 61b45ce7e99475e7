#include "compare/proven.hpp"

#include <cmath>

#include <doctest/doctest.h>

using namespace kproof;
using namespace kproof::compare;
using model::Blame;
using model::Verdict;
using Result = model::Subtest::Result;

namespace {
model::CellResult cell(Verdict verdict, Blame blame, bool expected = false) {
  model::CellResult cell;
  cell.judgement = {.verdict = verdict, .blame = blame, .reason = "why", .expected = expected};
  return cell;
}
std::vector<std::string> told(const std::set<Sign>& signs) {
  std::vector<std::string> list;
  for (const Sign& sign : signs)
    list.push_back(to_string(sign));
  return list;
}
}  // namespace

TEST_CASE("only a pass is good, and only what the kernel did wrong is bad") {
  CHECK(proven(cell(Verdict::pass, Blame::none)).says == Says::good);
  for (const Verdict verdict : {Verdict::fail, Verdict::crash, Verdict::hang}) {
    CHECK(proven(cell(verdict, Blame::kernel)).says == Says::bad);
    for (const Blame blame : {Blame::test, Blame::config, Blame::host})
      CHECK(proven(cell(verdict, blame)).says == Says::nothing);
  }
  for (const Verdict verdict : {Verdict::skip, Verdict::miss, Verdict::broken})
    CHECK(proven(cell(verdict, Blame::host)).says == Says::nothing);
  CHECK(proven(cell(Verdict::hang, Blame::test)).verdict == "hang (test)");
}

TEST_CASE("a failure by known findings alone is good, until one expires or a subtest fails") {
  auto known = cell(Verdict::fail, Blame::kernel, true);
  known.findings = {{.title = "bad pud", .known = {.place = "known.yaml:1:1"}}};
  CHECK(proven(known).says == Says::good);
  CHECK(told(proven(known).signs) == std::vector<std::string>{"known finding: bad pud"});
  auto failed = known;
  failed.subtests = {{"munmap", Result::not_ok, ""}};
  CHECK(proven(failed).says == Says::bad);
  known.findings[0].known.expired = true;
  CHECK(proven(known).says == Says::bad);
}

TEST_CASE("signs are findings, failed and skipped subtests and the verdict of what is bad") {
  auto bad = cell(Verdict::fail, Blame::kernel);
  bad.findings = {{.title = "bad pud"}};
  bad.subtests = {{"a", Result::not_ok, ""}, {"b", Result::skip, ""}, {"c", Result::ok, ""}};
  CHECK(told(proven(bad).signs) ==
        std::vector<std::string>{"verdict fail", "finding: bad pud", "not ok: a", "skipped: b"});
  CHECK(proven(bad).seen == std::set<std::string>{"a", "c"});
  bad.judgement.blame = Blame::test;
  CHECK(told(proven(bad).signs) == std::vector<std::string>{"finding: bad pud"});
}

TEST_CASE("two WARNs of one function are two problems, and one stall that looks different is one") {
  const Sign a{Sign::Kind::finding, "WARNING in f", "11"},
      b{Sign::Kind::finding, "WARNING in f", "22"};
  CHECK_FALSE(same(a, b));
  CHECK(alike(a, b));
  CHECK(same(a, {Sign::Kind::known, "WARNING in corrupted", "11"}));
  auto hang = cell(Verdict::hang, Blame::kernel);
  hang.findings = {{.title = "soft lockup", .culprit = {.reason = "CPU 1"}, .fingerprint = "33"}};
  CHECK(proven(hang).signs.contains({Sign::Kind::finding, "soft lockup", ""}));
}

TEST_CASE("WARNs of one function are counted by place, and the known ones count first") {
  using enum Sign::Kind;
  const auto warning = [](std::string place, Sign::Kind kind = finding) {
    return Sign{kind, "WARNING in f", "11", std::move(place)};
  };
  const auto texts = [](const std::set<Sign>& signs) {
    std::vector<std::string> list;
    for (const Sign& sign : compare::numbered(signs))
      list.push_back(to_string(sign));
    return list;
  };
  using Texts = std::vector<std::string>;
  CHECK(texts({warning("mm/a.c:9"), warning("mm/a.c:10")}) ==
        Texts{"finding: WARNING in f", "finding: WARNING in f at another place (mm/a.c:10)"});
  CHECK(texts({warning("mm/a.c:9"), warning("mm/a.c:10", known)}) ==
        Texts{"finding: WARNING in f at another place (mm/a.c:9)", "known finding: WARNING in f"});
  CHECK(texts({warning(""), warning("mm/a.c:10")}) == Texts{"finding: WARNING in f"});
  // In another kernel its line is another one.
  const Sign moved = *compare::numbered({warning("mm/a.c:12")}).begin();
  CHECK(same(moved, *compare::numbered({warning("mm/a.c:9")}).begin()));
  const std::set<Sign> two = compare::numbered({warning("mm/a.c:12"), warning("mm/a.c:14")});
  CHECK_FALSE(same(*two.begin(), *two.rbegin()));
}

TEST_CASE("figures count of what ran to its end with all evidence proven and nothing found") {
  const auto figures = [](model::CellResult one) {
    one.metrics = {{"stall", 5, "us"}};
    return proven(one).metrics.size();
  };
  CHECK(figures(cell(Verdict::pass, Blame::none)) == 1);
  CHECK(figures(cell(Verdict::fail, Blame::kernel)) == 1);
  for (const Verdict verdict :
       {Verdict::crash, Verdict::hang, Verdict::skip, Verdict::miss, Verdict::broken})
    CHECK(figures(cell(verdict, Blame::kernel)) == 0);
  CHECK(figures(cell(Verdict::fail, Blame::test)) == 0);
  auto unproven = cell(Verdict::fail, Blame::kernel);
  unproven.evidence = {{"mapping_is_pud", false, ""}};
  CHECK(figures(unproven) == 0);
  unproven.evidence.clear();
  unproven.unproven = {"mapping_is_pud"};
  CHECK(figures(unproven) == 0);
  auto found = cell(Verdict::fail, Blame::kernel);
  found.findings = {{.title = "WARNING in f"}};
  CHECK(figures(found) == 0);
}

TEST_CASE("of several figures of one name the median counts, and what is no number does not") {
  auto pass = cell(Verdict::pass, Blame::none);
  pass.metrics = {{"m", 3, "us"}, {"m", 1, "us"}, {"m", 9, "us"}, {"n", std::nan(""), "us"},
                  {"u", 1, "us"}, {"u", 1, "ms"}};
  const auto metrics = proven(pass).metrics;
  REQUIRE(metrics.size() == 1);
  CHECK(metrics[0].value == 3);
}

TEST_CASE("a cell is as expected, or not, or a fault of the host that says nothing of the kernel") {
  const auto standing = [](Verdict verdict, Blame blame, bool expected) {
    return standing_of({.verdict = verdict, .blame = blame, .reason = "", .expected = expected});
  };
  CHECK(standing(Verdict::pass, Blame::none, true) == Standing::expected);
  CHECK(standing(Verdict::fail, Blame::kernel, true) == Standing::expected);
  CHECK(standing(Verdict::pass, Blame::none, false) == Standing::unexpected);
  CHECK(standing(Verdict::crash, Blame::host, false) == Standing::unexpected);
  CHECK(standing(Verdict::skip, Blame::config, false) == Standing::unexpected);
  CHECK(standing(Verdict::miss, Blame::test, false) == Standing::unexpected);
  CHECK(standing(Verdict::miss, Blame::host, false) == Standing::host);
  CHECK(standing(Verdict::broken, Blame::host, false) == Standing::host);
  CHECK(standing(Verdict::broken, Blame::host, true) == Standing::host);
}
