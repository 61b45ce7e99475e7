#include "verdict/known_issues.hpp"

#include <doctest/doctest.h>

#include "verdict/scene.hpp"

using namespace kproof;
using namespace kproof::verdict;

static const char* const kToday = "2026-11-22";

static model::KnownIssue bad_pud(std::string until = "2027-01-31") {
  return {.title = "^bad pud$",
          .from = "6.1",
          .to = "6.11",
          .link = "https://lore.kernel.org/x",
          .until = std::move(until),
          .reason = "leaf PUDs",
          .place = "known.yaml:3:5"};
}

static model::Finding marked(model::Finding finding, std::vector<model::KnownIssue> issues,
                             const char* release = "6.1.0-56-amd64") {
  std::vector<model::Finding> findings{std::move(finding)};
  mark_known(findings, issues, release, kToday);
  return findings[0];
}

TEST_CASE("a range counts as far as it is spelled out, and an unknown release is in none") {
  CHECK(in_range("6.1.0-56-amd64", "6.1", "6.11"));
  CHECK(in_range("6.11.9", "6.1", "6.11"));
  CHECK(in_range("6.1.99", "", "6.1"));
  CHECK_FALSE(in_range("6.12.17", "6.1", "6.11"));
  CHECK_FALSE(in_range("5.15.0", "6.1", ""));
  CHECK(in_range("6.2", "6.1.5", ""));
  CHECK(in_range("6.1.192", "6.1.100", "6.1.200"));
  CHECK_FALSE(in_range("6.1.192", "", "6.1.50"));
  CHECK(in_range("7.0.0-rc1", "6.1", ""));
  CHECK_FALSE(in_range("", "6.1", ""));
  CHECK(in_range("", "", ""));
}

TEST_CASE("a release that names an ABI is in no range that asks for more than it tells") {
  CHECK_FALSE(in_range("6.1.0-56-amd64", "", "6.1.50"));
  CHECK_FALSE(in_range("6.1.0-56-amd64", "6.1.50", ""));
  CHECK(in_range("6.1.0-56-amd64", "5.10.7", "6.6.3"));
}

TEST_CASE("entries of which nothing was found are told") {
  REQUIRE(unmatched({bad_pud()}, {}).size() == 1);
  CHECK(unmatched({bad_pud()}, {})[0] ==
        "known.yaml:3:5: this known issue matched nothing (https://lore.kernel.org/x)");
  CHECK(unmatched({bad_pud()}, {"known.yaml:3:5"}).empty());
}

TEST_CASE("title, fingerprint and release must all fit") {
  CHECK(marked({.title = "bad pud"}, {bad_pud()}).known.place == "known.yaml:3:5");
  CHECK(marked({.title = "bad pmd"}, {bad_pud()}).known.place.empty());
  CHECK(marked({.title = "x", .syzbot_title = "bad pud"}, {bad_pud()}).known.accepted());
  CHECK(marked({.title = "bad pud"}, {bad_pud()}, "6.12.17").known.place.empty());
  const model::KnownIssue print{.fingerprint = "12ab", .until = kToday, .place = "p"};
  CHECK(marked({.title = "x", .fingerprint = "12abcdef"}, {print}).known.accepted());
  CHECK_FALSE(marked({.title = "x", .fingerprint = "12bcdef"}, {print}).known.accepted());
}

TEST_CASE("of two WARNs of one function an entry with a place accepts the one that is there") {
  const auto accepted = [](const char* place, const char* at) {
    model::KnownIssue issue = bad_pud();
    issue.title = "^WARNING in f$";
    issue.at = at;
    return marked({.title = "WARNING in f", .place = place}, {issue}).known.accepted();
  };
  CHECK(accepted("mm/a.c:12", "mm/a.c:12"));
  CHECK(accepted("mm/a.c:12", "a.c:12"));
  CHECK(accepted("mm/a.c:12", "mm/a.c"));
  CHECK(accepted("mm/a.c:12", ""));
  CHECK_FALSE(accepted("mm/a.c:12", "mm/a.c:2"));
  CHECK_FALSE(accepted("mm/a.c:12", "mm/a.c:1"));
  CHECK_FALSE(accepted("mm/aa.c:12", "a.c"));
  CHECK_FALSE(accepted("", "mm/a.c"));
}

TEST_CASE("an expired entry is shown and accepts nothing; one that has not expired goes first") {
  const model::Finding finding = marked({.title = "bad pud"}, {bad_pud("2026-11-21")});
  CHECK(finding.known.expired);
  CHECK_FALSE(finding.known.accepted());
  CHECK(marked({.title = "bad pud"}, {bad_pud("2026-11-21"), bad_pud()}).known.accepted());
  REQUIRE(expired({bad_pud("2026-11-21"), bad_pud()}, kToday).size() == 1);
  CHECK(expired({bad_pud("2026-11-21")}, kToday)[0] ==
        "known.yaml:3:5: this known issue expired on 2026-11-21 (https://lore.kernel.org/x)");
}

static Scene with_known(bool accepted) {
  Scene s;
  s.find("bad pud");
  s.observation.findings[0].known = {"link", "reason", "2027-01-31", "known.yaml:3:5", !accepted};
  return s;
}

TEST_CASE("a known finding is still a fail, says that it is known, and is expected") {
  const model::Judgement judgement = with_known(true).judge();
  CHECK(judgement.verdict == model::Verdict::fail);
  CHECK(judgement.reason == "finding: bad pud (known)");
  CHECK(judgement.expected);
}

TEST_CASE("the taint of a known finding is no news") {
  Scene s = with_known(true);
  s.outcome.taint = model::Taint{0, 1u << 9};  // W
  CHECK(s.judge().expected);
}

TEST_CASE("an expired entry makes nothing expected") {
  CHECK_FALSE(with_known(false).judge().expected);
}

TEST_CASE("a known finding excuses nothing else") {
  Scene other = with_known(true);
  other.find("bad pmd");
  CHECK_FALSE(other.judge().expected);
  Scene failed = with_known(true);
  failed.fail_subtest();
  CHECK_FALSE(failed.judge().expected);
  Scene died = with_known(true);
  died.observation.findings[0].panicked = true;
  CHECK_FALSE(died.judge().expected);
  Scene unproven = with_known(true);
  unproven.report.evidence.clear();
  CHECK_FALSE(unproven.judge().expected);
}

TEST_CASE("declared findings are compared without the known ones") {
  Scene s;
  s.expect_bad_pud();
  s.find("bad pud");
  s.fail_subtest();
  s.find("WARNING in f");
  CHECK_FALSE(s.judge().expected);
  s.observation.findings[1].known = {"link", "reason", "2027-01-31", "known.yaml:3:5", false};
  CHECK(s.judge().expected);
}
