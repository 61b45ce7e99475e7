#include "config/known_issues.hpp"

#include <doctest/doctest.h>

#include "util/error.hpp"

using namespace kproof;

static std::string complaint(const std::string& text) {
  try {
    std::vector<std::string> warnings;
    config::parse_known_issues(text, "known.yaml", warnings);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

static std::string issue_with(const std::string& entry) {
  return "schema: 1\nissues:\n  - { link: l, reason: r, until: 2027-01-31, " + entry + " }\n";
}

TEST_CASE("an entry is read whole, with its place") {
  std::vector<std::string> warnings;
  const auto issues = config::parse_known_issues(
      "schema: 1\nissues:\n  - title: ^bad pud$\n    fingerprint: 1f3a9c\n    at: mm/a.c:12\n"
      "    kernels: { from: 6.1, to: 6.10 }\n    link: https://lore\n    until: 2027-01-31\n"
      "    reason: leaf PUDs\n",
      "known.yaml", warnings);
  CHECK(warnings.empty());
  REQUIRE(issues.size() == 1);
  CHECK(issues[0].title == "^bad pud$");
  CHECK(issues[0].fingerprint == "1f3a9c");
  CHECK(issues[0].at == "mm/a.c:12");
  CHECK(issues[0].from == "6.1");
  CHECK(issues[0].to == "6.10");
  CHECK(issues[0].link == "https://lore");
  CHECK(issues[0].until == "2027-01-31");
  CHECK(issues[0].reason == "leaf PUDs");
  CHECK(issues[0].place == "known.yaml:3:5");
}

TEST_CASE("what is wrong is told with its place and a caret") {
  const std::string text = complaint(issue_with("title: x, colour: red"));
  CHECK(text.find("known.yaml:3:") == 0);
  CHECK(text.find("`colour`") != std::string::npos);
  CHECK(text.find("\n      | ") != std::string::npos);
}

TEST_CASE("every entry must be able to miss, to end, and to be looked up") {
  CHECK(complaint(issue_with("kernels: { from: 6.1 }")).find("hides all") != std::string::npos);
  CHECK(complaint("schema: 1\nissues:\n  - title: x\n").find("`link`") != std::string::npos);
  CHECK(complaint("schema: 1\nissues:\n  - title: x\n").find("`until`") != std::string::npos);
  CHECK(complaint("schema: 1\nissues:\n  - title: x\n").find("`reason`") != std::string::npos);
}

TEST_CASE("dates, releases, patterns and fingerprints are checked") {
  CHECK(complaint(issue_with("title: x")).empty());
  for (const char* entry :
       {"title: '('", "fingerprint: 12", "title: x, at: mprotect", "title: x, at: 'mm/a.c:'",
        "title: x, at: 'mm/a.c:x'", "fingerprint: 12345G", "title: x, kernels: { to: newest }",
        "title: x, kernels: [6.1]", "title: [x]"})
    CHECK_FALSE(complaint(issue_with(entry)).empty());
  for (const char* date : {"2027-02-30", "tomorrow", "31.1.2027", "2027-1-1"})
    CHECK_FALSE(complaint("schema: 1\nissues:\n  - { title: x, link: l, reason: r, until: " +
                          std::string(date) + " }\n")
                    .empty());
}

TEST_CASE("a range that no kernel is in is a mistake") {
  CHECK(complaint(issue_with("title: x, kernels: { from: 6.12, to: 6.1 }")).find("reversed") !=
        std::string::npos);
  CHECK(complaint(issue_with("title: x, kernels: { from: 6.1.9, to: 6.1.10 }")).empty());
  CHECK(complaint(issue_with("title: x, kernels: { from: 6.1.9, to: 6.1 }")).empty());
}

static std::vector<std::string> warnings_of_issue(const std::string& entry) {
  std::vector<std::string> warnings;
  config::parse_known_issues("schema: 1\nissues:\n  - { link: l, reason: r, " + entry + " }\n",
                             "known.yaml", warnings);
  return warnings;
}

TEST_CASE("an entry that hides much, or for long, is warned of at its place") {
  CHECK(warnings_of_issue("until: 2026-01-31, title: ^bad pud$").empty());
  CHECK(warnings_of_issue("until: 2026-01-31, title: ., fingerprint: 123456").empty());
  const auto broad = warnings_of_issue("until: 2026-01-31, title: .");
  REQUIRE(broad.size() == 1);
  CHECK(broad[0] ==
        "known.yaml:3:53: `.` matches what has nothing in common: `bad pud` and `UBSAN: "
        "shift-out-of-bounds in u`\n"
        "    3 |   - { link: l, reason: r, until: 2026-01-31, title: . }\n"
        "      |                                                     ^\n"
        "  hint: name what is meant, as in `^bad pud$`");
  for (const std::string any :
       {"WARNING", "^WARNING", "'WARNING in \\w+'", "^KASAN", "task hung"}) {
    const auto anywhere = warnings_of_issue("until: 2026-01-31, title: " + any);
    REQUIRE(anywhere.size() == 1);
    CHECK(anywhere[0].find("accepts it in whatever function") != std::string::npos);
  }
  CHECK(warnings_of_issue("until: 2026-01-31, title: ^WARNING in kvm_mmu_zap_all$").empty());
  const auto far = warnings_of_issue("until: 2999-12-31, title: ^bad pud$");
  REQUIRE(far.size() == 1);
  CHECK(far[0].find("known.yaml:3:34: `2999-12-31` is more than a year from now") == 0);
}

TEST_CASE("an empty file, another schema and a file that is not there are mistakes") {
  CHECK(complaint("").find("the file of known issues is empty") != std::string::npos);
  CHECK(complaint("schema: 2\nissues: [{title: x}]\n").find("schema 1") != std::string::npos);
  std::vector<std::string> warnings;
  CHECK_THROWS_AS(config::read_known_issues("/nonexistent", warnings), ConfigError);
}
