#include "report/annotations.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "compare/proven.hpp"
#include "report/text.hpp"
#include "util/hash.hpp"

namespace kproof::report {
using compare::Standing;
using model::CellResult;

static std::string first_line_of(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

static std::string what_failed(const CellResult& cell) {
  std::string text;
  for (std::size_t i = 0; i < cell.subtests.size(); ++i)
    if (cell.subtests[i].result == model::Subtest::Result::not_ok)
      text +=
          fmt::format("not ok: {}{}{}\n", model::name_of(cell.subtests, i),
                      cell.subtests[i].diagnostic.empty() ? "" : ": ", cell.subtests[i].diagnostic);
  return text;
}

static Annotation annotation_of(const RunReport& report, const CellResult& cell) {
  return {.is_error = compare::standing_of(cell.judgement) == Standing::unexpected,
          .place = std::nullopt,
          .rule = std::string(to_string(cell.judgement.verdict)),
          .title = fmt::format("{}: {}", cell.id, verdict_text(cell)),
          .message = fmt::format("{}\n{}run it again: {}", cell.judgement.reason, what_failed(cell),
                                 command_again(report, cell)),
          .cell = cell.id,
          .fingerprint = {}};
}

static Annotation annotation_of(const RunReport& report, const CellResult& cell,
                                const model::Finding& finding, std::string_view decoded) {
  Annotation one = annotation_of(report, cell);
  one.place = place_of(finding, decoded);
  one.rule = fmt::format("finding/{}", finding.type.empty() ? "other" : finding.type);
  one.title = fmt::format("{} in {}", finding.title, cell.id);
  one.message = fmt::format("{}\n{}", one.message, finding.excerpt);
  one.fingerprint = finding.fingerprint;
  return one;
}

static std::optional<SourcePlace> place_in_plan(const RunReport& report, const CellResult& cell) {
  if (cell.judgement.blame == model::Blame::config)
    if (auto place = leading_place(cell.judgement.reason)) return place;
  if (auto place = parse_place(cell.expectation.place)) return place;
  if (report.plan.file.empty()) return std::nullopt;
  return SourcePlace{report.plan.file.string()};
}

std::vector<Annotation> annotations_of(const RunReport& report, const ReadRunFile& read) {
  std::vector<Annotation> all;
  for (const CellResult& cell : report.cells) {
    if (compare::standing_of(cell.judgement) == Standing::expected) continue;
    const auto file = cell.files.find("decoded");
    const std::string decoded = file == cell.files.end() ? "" : read(file->second);
    const std::size_t before = all.size();
    for (const model::Finding& finding : cell.findings)
      if (!finding.known.accepted()) all.push_back(annotation_of(report, cell, finding, decoded));
    if (all.size() > before) continue;
    all.push_back(annotation_of(report, cell));
    all.back().place = place_in_plan(report, cell);
    all.back().fingerprint = util::Hasher().add(cell.id).add(all.back().rule).hex();
  }
  return all;
}

// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
static std::string escaped(std::string_view text, bool is_property) {
  std::string out;
  for (const char c : printable(text)) {
    const bool special = c == '%' || c == '\n' || (is_property && (c == ':' || c == ','));
    out += special ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return out;
}

std::string github_command(const Annotation& annotation) {
  std::string properties;
  if (annotation.place) {
    properties += fmt::format("file={},", escaped(annotation.place->file, true));
    if (annotation.place->line > 0) properties += fmt::format("line={},", annotation.place->line);
    if (annotation.place->column > 0)
      properties += fmt::format("col={},", annotation.place->column);
  }
  return fmt::format("::{} {}title={}::{}\n", annotation.is_error ? "error" : "warning", properties,
                     escaped(first_line_of(annotation.title), true),
                     escaped(annotation.message, false));
}

}  // namespace kproof::report
