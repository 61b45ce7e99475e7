#include "cli/analyze_output.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <unistd.h>

#include "report/finding_json.hpp"
#include "report/text.hpp"
#include "util/units.hpp"

namespace kproof::cli {
using report::Json;
using report::printable;  // a guest prints any bytes; a terminal must not obey them

static Json to_json(const symbols::Places& places) {
  Json json = Json::array();
  for (const symbols::Place& place : places)
    json.push_back({{"function", place.function}, {"file", place.file}, {"line", place.line}});
  return json;
}

static Json to_json(const std::vector<symbols::DecodedLine>& lines) {
  Json json = Json::array();
  for (const symbols::DecodedLine& line : lines) {
    Json candidates = Json::array();
    for (const symbols::Places& places : line.candidates)
      candidates.push_back(to_json(places));
    // More than one are no places but a choice.
    if (candidates.size() == 1)
      json.push_back({{"text", line.line}, {"places", candidates.front()}});
    else
      json.push_back({{"text", line.line}, {"candidates", candidates}});
  }
  return json;
}

void print_json(const Analysis& analysis) {
  Json document{{"schema", report::kSchema}, {"kind", "analysis"},
                {"findings", Json::array()}, {"complaints", Json::array()},
                {"notes", analysis.notes},   {"blind", analysis.blind}};
  for (std::size_t i = 0; i < analysis.findings.size(); ++i) {
    const model::Finding& finding = analysis.findings[i];
    Json& list = document[finding.complaint ? "complaints" : "findings"];
    list.push_back(report::finding_to_json(finding));
    if (!analysis.decoded.empty()) list.back()["decoded"] = to_json(analysis.decoded[i]);
  }
  // A console prints any bytes, and a terminal obeys some that are not ASCII (U+009B).
  fmt::print("{}\n", document.dump(2, ' ', true, nlohmann::json::error_handler_t::replace));
}

// The first lines of an excerpt, indented.
static std::string head_of(const std::string& excerpt) {
  constexpr int kShown = 8;
  std::string shown;
  std::size_t pos = 0;
  for (int line = 0; line < kShown && pos < excerpt.size(); ++line) {
    const std::size_t end = std::min(excerpt.find('\n', pos), excerpt.size());
    shown += "    " + printable(excerpt.substr(pos, end - pos)) + "\n";
    pos = end + 1;
  }
  return pos < excerpt.size() ? shown + "    ...\n" : shown;
}

static void print_known(const model::Known& known) {
  if (known.place.empty()) return;
  fmt::print("  known{}: {} ({}, until {})\n", known.expired ? ", but the entry has expired" : "",
             printable(known.reason), printable(known.link), known.until);
}

static void print_decoded(const std::vector<symbols::DecodedLine>& lines) {
  for (const symbols::DecodedLine& line : lines)
    fmt::print("    {}\n", printable(symbols::to_string(line.candidates)));
  if (!lines.empty()) fmt::print("\n");
}

static void print_finding(const model::Finding& finding, const std::string& file, bool colour) {
  fmt::print("{}{}{}\n", colour ? "\x1b[1;31m" : "", printable(finding.title),
             colour ? "\x1b[0m" : "");
  if (finding.syzbot_title != finding.title)
    fmt::print("  as syzbot has it: {}\n", printable(finding.syzbot_title));
  fmt::print("  {}:{}-{}  {}", printable(file), finding.start_line, finding.end_line,
             finding.fingerprint);
  if (!finding.place.empty()) fmt::print("  at {}", printable(finding.place));
  if (!finding.type.empty()) fmt::print("  {}", finding.type);
  if (finding.count > 1) fmt::print("  seen {} times", finding.count);
  if (finding.panicked) fmt::print("  the kernel panicked");
  if (finding.corrupted) fmt::print("  incomplete: {}", finding.corrupted_reason);
  fmt::print("\n");
  if (!finding.culprit.reason.empty()) fmt::print("  {}\n", report::held_up_by(finding.culprit));
  print_known(finding.known);
  fmt::print("{}\n", head_of(finding.excerpt));
}

static std::string count_of(const std::vector<model::Finding>& all) {
  const auto complaints =
      static_cast<std::size_t>(std::ranges::count_if(all, &model::Finding::complaint));
  const std::size_t findings = all.size() - complaints;
  const std::string count = findings ? util::format_count(findings, "finding") : "no findings";
  return complaints ? count + " and " + util::format_count(complaints, "complaint") : count;
}

void print_text(const Analysis& analysis) {
  const bool colour = report::style_of(STDOUT_FILENO).colour;
  for (std::size_t i = 0; i < analysis.findings.size(); ++i) {
    print_finding(analysis.findings[i], analysis.file, colour);
    if (!analysis.decoded.empty()) print_decoded(analysis.decoded[i]);
  }
  for (const std::string& note : analysis.notes)
    fmt::print("note: {}\n", printable(note));
  for (const std::string& spot : analysis.blind)
    fmt::print("not seen: {}\n", printable(spot));
  const std::string lines = util::format_count(analysis.facts.lines, "line");
  const bool blind = analysis.findings.empty() && !analysis.blind.empty();
  fmt::print("{}: {} in {}{}\n", printable(analysis.file), count_of(analysis.findings),
             blind ? "what could be seen of " : "", lines);
}

}  // namespace kproof::cli
