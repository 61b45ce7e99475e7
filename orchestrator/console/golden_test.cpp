// Every golden/*.log gives golden/*.json, whatever the chunks it comes in.
#include "testkit/golden.hpp"

#include <algorithm>
#include <filesystem>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "console/kmsg.hpp"
#include "console/whole_log.hpp"
#include "util/files.hpp"

using namespace kproof;
namespace fs = std::filesystem;

static std::vector<fs::path> golden_logs() {
  std::vector<fs::path> logs;
  for (const auto& entry : fs::directory_iterator(fs::path(KPROOF_TEST_DIR) / "golden"))
    if (entry.path().extension() == ".log") logs.push_back(entry.path());
  std::ranges::sort(logs);
  return logs;
}

static std::string findings_of(const std::string& log, std::size_t chunk) {
  console::Analyzer analyzer;
  for (std::size_t pos = 0; pos < log.size(); pos += chunk)
    analyzer.feed(std::string_view(log).substr(pos, chunk));
  analyzer.finish();
  nlohmann::ordered_json findings = nlohmann::json::array();
  for (const model::Finding& finding : analyzer.findings()) {
    findings.push_back({{"title", finding.title},
                        {"alt_titles", finding.alt_titles},
                        {"type", finding.type},
                        {"frame", finding.frame},
                        {"fingerprint", finding.fingerprint},
                        {"culprit", finding.culprit.frame},
                        {"culprit_reason", finding.culprit.reason},
                        {"start_line", finding.start_line},
                        {"end_line", finding.end_line},
                        {"corrupted", finding.corrupted_reason},
                        {"panicked", finding.panicked},
                        {"count", finding.count}});
    if (finding.syzbot_title != finding.title)
      findings.back()["syzbot_title"] = finding.syzbot_title;
    if (finding.complaint) findings.back()["complaint"] = true;
  }
  return findings.dump(2) + "\n";
}

TEST_CASE("every golden log gives its golden findings") {
  REQUIRE(golden_logs().size() > 20);
  for (const fs::path& log : golden_logs()) {
    const std::string text = util::read_file(log);
    fs::path golden = log;
    golden.replace_extension(".json");
    const std::string difference = testkit::compare_golden(golden, findings_of(text, text.size()));
    CHECK_MESSAGE(difference.empty(), difference);
  }
}

TEST_CASE("how a log was chunked never changes its findings") {
  for (const fs::path& log : golden_logs()) {
    CAPTURE(log);
    const std::string text = util::read_file(log);
    const std::string whole = findings_of(text, text.size());
    for (const std::size_t chunk : {1, 2, 3, 7, 61, 1024, 8191, 8193})
      CHECK(findings_of(text, chunk) == whole);
  }
}

// So that an extract that was mailed around can be looked at again.
TEST_CASE("the extract of a finding gives the finding again") {
  for (const fs::path& log : golden_logs()) {
    CAPTURE(log);
    const auto analyze = [](const std::string& text) {
      const console::Analyzer analyzer = console::analyze(text);
      return analyzer.findings();
    };
    for (const model::Finding& finding : analyze(util::read_file(log))) {
      if (finding.title == "unexpected kernel reboot") continue;  // told by what was before
      const auto again = analyze(finding.excerpt);
      CAPTURE(finding.title);
      REQUIRE_FALSE(again.empty());
      CHECK(again[0].title == finding.title);
      CHECK(again[0].fingerprint == finding.fingerprint);
    }
  }
}

// What a hostile guest prints: long lines, triggers that straddle the cuts, no newline for long.
TEST_CASE("how hostile output was chunked never changes its findings") {
  std::string text;
  for (int i = 0; i < 60; ++i) {
    text += "[    1.00000" + std::to_string(i % 10) + "] " + std::string(i * 977, 'x') +
            " mm/x.c:1: bad pud 0000(11) BUG: soft lockup - CPU#1 stuck\r";
    if (i % 3 == 0) text += '\n';
  }
  const std::string whole = findings_of(text, text.size());
  for (const std::size_t chunk : {1, 13, 4096, 8192, 65536, 262144, 262145})
    CHECK(findings_of(text, chunk) == whole);
}

// A real boot of Debian 6.1: the program wrote to the console and to /dev/kmsg, and crashed.
TEST_CASE("a program's lies are told from the kernel's words once kmsg says who wrote them") {
  const std::string log =
      util::read_file(fs::path(KPROOF_TEST_DIR) / "golden/boot-6.1-user-text.log");
  console::UserRecords records;
  records.add(*console::parse_kmsg(
      "10,390,2031943,-;BUG: kernel NULL pointer dereference, says a user program\n"));
  console::Options options;
  options.stamps = console::Stamps::required;
  options.from_user = [&](std::uint64_t usec, std::string_view text) {
    return records.contains(usec, text);
  };
  console::Analyzer analyzer(options);
  analyzer.feed(log);
  analyzer.finish();
  CHECK(analyzer.findings().empty());
  CHECK_FALSE(analyzer.facts().panicked);
  CHECK(analyzer.facts().power_down);
}

TEST_CASE("false friends stay silent") {
  CHECK(findings_of(util::read_file(fs::path(KPROOF_TEST_DIR) / "golden/false-friends.log"),
                    4096) == "[]\n");
}
