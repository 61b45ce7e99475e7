#include "page/cell.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "compare/proven.hpp"
#include "report/text.hpp"

namespace kproof::page {
using compare::Standing;
using model::CellResult;
using model::Verdict;

const char* css_of(const model::Judgement& judgement) {
  if (!judgement.expected) return compare::standing_of(judgement) == Standing::host ? "odd" : "bad";
  return "good";
}

const char* sign_of(const model::Judgement& judgement) {
  if (!judgement.expected) return compare::standing_of(judgement) == Standing::host ? "?" : "✗";
  return judgement.verdict == Verdict::pass ? "✓" : "≈";
}

std::string anchor_of(const CellResult& cell) {
  std::string id = "cell-" + cell.id;
  std::ranges::replace_if(
      id, [](unsigned char c) { return c <= ' ' || c == '"' || c == '\'' || c >= 0x7f; }, '_');
  return id;
}

static void add_fact(const Element& list, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  list.add("dt", "", name);
  list.add("dd", "", value);
}

static void add_facts(const Element& parent, const report::RunReport& report,
                      const CellResult& cell) {
  const Element list = parent.add("dl");
  add_fact(list, "why", cell.judgement.reason);
  add_fact(
      list, "expected",
      cell.expectation.reason.empty()
          ? ""
          : fmt::format("{}: {}", to_string(cell.expectation.verdict), cell.expectation.reason));
  add_fact(list, "kernel",
           cell.kernel_release.empty()
               ? cell.kernel_origin
               : fmt::format("{}: {}", cell.kernel_release, cell.kernel_origin));
  for (const auto& [name, value] : cell.axes)
    add_fact(list, name, value);
  add_fact(list, "started", cell.started);
  add_fact(list, "run it again", report::command_again(report, cell));
}

static void add_subtests(const Element& parent, const CellResult& cell) {
  static constexpr std::string_view kSaid[] = {"ok", "not ok", "skipped"};
  static constexpr const char* kCss[] = {"good", "bad", "odd"};
  if (cell.subtests.empty()) return;
  const Element table = parent.add("div", "wide").add("table");
  for (std::size_t i = 0; i < cell.subtests.size(); ++i) {
    const model::Subtest& subtest = cell.subtests[i];
    const auto result = static_cast<std::size_t>(subtest.result);
    const Element row = table.add("tr");
    row.add("td", kCss[result], kSaid[result]);
    row.add("td", "", model::name_of(cell.subtests, i));
    row.add("td", "soft", subtest.diagnostic);
  }
}

static void add_evidence(const Element& parent, const CellResult& cell) {
  if (cell.evidence.empty() && cell.unproven.empty()) return;
  const Element list = parent.add("dl");
  for (const model::Evidence& evidence : cell.evidence)
    add_fact(list, evidence.name,
             fmt::format("{}: {}", evidence.proven ? "proven" : "not proven", evidence.fact));
  for (const std::string& name : cell.unproven)
    add_fact(list, name, "nothing proved it");
}

static void add_findings(const Element& parent, const CellResult& cell, Budget& budget) {
  for (const model::Finding& finding : cell.findings) {
    const Element line = parent.add("p");
    line.add("strong", "bad", finding.title);
    line.text(fmt::format(" L{}, lines {} to {}, seen {}", finding.level, finding.start_line,
                          finding.end_line,
                          finding.count == 1 ? "once" : fmt::format("{} times", finding.count)));
    if (!finding.culprit.reason.empty())
      parent.add("p", "soft", report::held_up_by(finding.culprit));
    const std::size_t shown = std::min(finding.excerpt.size(), budget.left);
    budget.left -= shown;
    parent.add("pre", "", finding.excerpt.substr(0, shown));
  }
}

static std::string last_lines(const std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  const std::size_t line = text.find('\n', text.size() - bytes);
  return line == text.npos ? "" : text.substr(line + 1);
}

// Where a hang or crash has no finding, the end of its console is what there is to read.
static void add_logs(const Element& parent, const CellResult& cell, const ReadFile& read,
                     Budget& budget) {
  constexpr std::size_t kTail = 16u << 10;
  const std::string role =
      cell.judgement.level > 1 ? fmt::format("console-l{}", cell.judgement.level) : "console";
  const auto console = cell.files.find(role);
  if (console != cell.files.end() && budget.left > 0) {
    const std::string tail = last_lines(read(console->second), std::min(kTail, budget.left));
    budget.left -= std::min(tail.size(), budget.left);
    if (!tail.empty()) {
      const Element log = parent.add("details");
      log.add("summary", "", "the end of its console");
      log.add("pre", "", tail);
    }
  }
  const Element files = parent.add("p", "soft");
  files.text("files: ");
  bool first = true;
  for (const auto& [name, path] : cell.files) {
    if (!std::exchange(first, false)) files.text(", ");
    files.add("a", "", name).set("href", path);
  }
}

void add_cell(const Element& parent, const report::RunReport& report, const CellResult& cell,
              const ReadFile& read, Budget& budget) {
  const Element details = parent.add("details");
  details.set("id", anchor_of(cell));
  if (!cell.judgement.expected) details.set("open", "open");
  const Element summary = details.add("summary");
  summary.add("strong", css_of(cell.judgement),
              fmt::format("{} {}", sign_of(cell.judgement), report::verdict_text(cell)));
  summary.text(" " + cell.id + " ");
  summary.add("span", "soft", util::format_duration(report::duration_of(cell)));
  add_facts(details, report, cell);
  add_findings(details, cell, budget);
  add_subtests(details, cell);
  add_evidence(details, cell);
  add_logs(details, cell, read, budget);
}

}  // namespace kproof::page
