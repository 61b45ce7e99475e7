// Analyzer and KmsgAnalyzer: chunks never change the findings, and the extract of a finding gives
// it again.
#include <string>
#include <vector>

#include "console/analyzer.hpp"
#include "console/kmsg_analyzer.hpp"
#include "console/line.hpp"
#include "fuzz/property.hpp"

using namespace kproof;

static std::vector<model::Finding> analyze(std::string_view text, bool whole,
                                           console::Stamps stamps) {
  console::Analyzer analyzer({.stamps = stamps});
  if (whole)
    analyzer.feed(text);
  else
    fuzz::in_chunks(text, [&](std::string_view chunk) { analyzer.feed(chunk); });
  analyzer.finish();
  return analyzer.findings();
}

static console::KmsgAnalyzer analyze_kmsg(std::string_view text, bool whole) {
  console::KmsgAnalyzer analyzer;
  if (whole)
    analyzer.feed(text);
  else
    fuzz::in_chunks(text, [&](std::string_view chunk) { analyzer.feed(chunk); });
  analyzer.finish();
  return analyzer;
}

static bool same(const model::Finding& a, const model::Finding& b) {
  return a.title == b.title && a.alt_titles == b.alt_titles && a.start_line == b.start_line &&
         a.end_line == b.end_line && a.corrupted_reason == b.corrupted_reason &&
         a.excerpt == b.excerpt && a.fingerprint == b.fingerprint && a.place == b.place &&
         a.count == b.count;
}

static void check_extract(const model::Finding& finding, console::Stamps stamps) {
  // Not of its extract's making: a reboot is told by what was before, and a long extract is cut.
  if (finding.title == "unexpected kernel reboot") return;
  if (finding.excerpt.size() + 2 * console::kMaxLine > console::kMostExcerpt) return;
  const auto again = analyze(finding.excerpt, true, stamps);
  fuzz::require(
      std::ranges::any_of(again, [&](const model::Finding& f) { return f.title == finding.title; }),
      "an extract gives its finding again");
}

static void check_kmsg(std::string_view text) {
  const console::KmsgAnalyzer whole = analyze_kmsg(text, true), chunked = analyze_kmsg(text, false);
  fuzz::require(std::ranges::equal(whole.findings(), chunked.findings(), same) &&
                    whole.lost() == chunked.lost() && whole.malformed() == chunked.malformed(),
                "chunking never changes what kmsg tells");
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  for (const console::Stamps stamps : {console::Stamps::automatic, console::Stamps::required}) {
    const auto findings = analyze(text, true, stamps);
    fuzz::require(std::ranges::equal(findings, analyze(text, false, stamps), same),
                  "chunking never changes the findings");
    for (const model::Finding& finding : findings)
      check_extract(finding, stamps);
  }
  check_kmsg(text);
  return 0;
}
