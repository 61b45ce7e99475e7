#include "page/cell.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "compare/proven.hpp"
#include "page/cut.hpp"
#include "page/logs.hpp"
#include "report/text.hpp"

namespace kproof::page {
using compare::Standing;
using model::CellResult;
using model::Verdict;

Look look_of(const model::Judgement& judgement) {
  if (!judgement.expected) return compare::standing_of(judgement) == Standing::host ? kOdd : kBad;
  return judgement.verdict == Verdict::pass ? kGood : kExpected;
}

std::string anchor_of(const CellResult& cell, const std::string& run) {
  std::string id = "cell-" + run + cell.id;
  std::ranges::replace_if(
      id, [](unsigned char c) { return c <= ' ' || c == '"' || c == '\'' || c >= 0x7f; }, '_');
  return id;
}

std::string group_of(const CellResult& cell, const std::string& run) {
  return run + report::full_name_of(cell);
}

static void add_fact(const Element& list, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  list.add("dt", "", name);
  list.add("dd", "", value);
}

static void add_facts(const Element& parent, const report::RunReport& report,
                      const CellResult& cell) {
  const Element list = parent.add("dl");
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

// Where the lines stand; with scripts the page itself has them.
static void add_place(const Element& line, const CellResult& cell, const model::Finding& finding) {
  const std::string role = role_of(finding);
  const std::string text =
      finding.start_line == finding.end_line
          ? fmt::format("{}, line {}", role, finding.start_line)
          : fmt::format("{}, lines {} to {}", role, finding.start_line, finding.end_line);
  const auto file = cell.files.find(role);
  line.text(" ");
  if (file == cell.files.end())
    line.add("span", "soft", text);
  else
    line.add("a", "", text)
        .set("href", file->second)
        .set("data-lines", fmt::format("{}-{}", finding.start_line, finding.end_line));
  if (finding.count > 1) line.text(fmt::format(", seen {} times", finding.count));
}

static std::string first_bytes(std::string_view text, std::size_t most) {
  if (text.size() <= most) return shown(text);
  return shown(text.substr(0, text.rfind('\n', most) + 1)) + "…\n";
}

static void add_findings(const Element& parent, const CellResult& cell, std::size_t& text) {
  for (const model::Finding& finding : cell.findings) {
    const Element line = parent.add("p");
    line.add("strong", "bad", finding.title);
    add_place(line, cell, finding);
    if (!finding.culprit.reason.empty())
      parent.add("p", "soft", report::held_up_by(finding.culprit));
    const std::string excerpt = first_bytes(finding.excerpt, text);
    text -= std::min(text, finding.excerpt.size());
    parent.add("pre", "found", excerpt);
  }
}

static std::string last_lines(const std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) return shown(text);
  const std::size_t line = text.find('\n', text.size() - bytes);
  return line == text.npos ? "" : shown(std::string_view(text).substr(line + 1));
}

// Where a hang or crash has no finding, the end of its console is what there is to read.
static void add_end(const Element& parent, const std::string& console, std::size_t room) {
  constexpr std::size_t kTail = 16u << 10;
  const std::string tail = last_lines(console, std::min(kTail, room));
  if (tail.empty()) return;
  const Element log = parent.add("details");
  log.add("summary", "", "the end of its console");
  log.add("pre", "", tail);
}

static void add_links(const Element& parent, const std::string& title,
                      const std::vector<std::pair<std::string, std::string>>& files,
                      const char* css = "files") {
  const Element line = parent.add("p", css);
  line.text(title);
  for (const auto& [role, path] : files) {
    line.text(" ");
    line.add("a", "", role).set("href", path);
  }
}

// The console of the guest that decided comes first: a link to a line of the cell means that.
static void add_logs(const Element& parent, const CellResult& cell, const ReadFile& read,
                     std::size_t room) {
  const int level = cell.judgement.level;
  const std::string first = level > 1 ? fmt::format("console-l{}", level) : "console";
  std::vector<std::pair<std::string, std::string>> logs, others;
  for (const auto& file : cell.files)
    (is_log(file.second) ? logs : others).push_back(file);
  std::ranges::stable_partition(logs, [&](const auto& log) { return log.first == first; });
  const bool plain = cell.judgement.expected && cell.judgement.verdict == Verdict::pass;
  if (!plain && !logs.empty() && logs.front().first == first)
    add_end(parent, read(logs.front().second), room);
  if (!logs.empty()) add_links(parent, "logs:", logs);
  if (!others.empty()) add_links(parent, "files:", others);
}

// With scripts each opens beside the cell's own log of the same role.
static void add_last_good(const Element& parent, const CellResult& cell,
                          const report::LastGoods& last_good) {
  const auto good = last_good.find(cell.id);
  if (good == last_good.end()) return;
  const report::LastGood& last = good->second;
  add_links(parent,
            fmt::format("it passed on {}, with {}{}", last.started, last.kernel,
                        last.logs.empty() ? "; its logs are gone" : ":"),
            {last.logs.begin(), last.logs.end()}, "good-files");
}

static std::string words_of(const CellResult& cell, const Surroundings& around) {
  return fmt::format("{} {}{}{}", to_string(cell.judgement.verdict),
                     cell.judgement.expected ? "expected" : "unexpected",
                     around.flaky.contains(&cell) ? " flaky" : "",
                     around.differing.contains(group_of(cell, "")) ? " differs" : "");
}

static void add_summary(const Element& details, const CellResult& cell, bool flaky) {
  const Element summary = details.add("summary", "head");
  const Look look = look_of(cell.judgement);
  summary.add("strong", look.css, fmt::format("{} {}", look.sign, report::verdict_text(cell)));
  summary.text(" ");
  summary.add("span", "id", cell.id);
  summary.text(" ");
  summary.add("span", "soft",
              util::format_duration(report::duration_of(cell)) + (flaky ? ", flaky" : ""));
  if (!cell.judgement.reason.empty()) summary.add("span", "why soft", cell.judgement.reason);
}

void add_cell(const Element& parent, const CellResult& cell, const Surroundings& around) {
  const Element details = parent.add("details", "cell");
  details.set("id", anchor_of(cell, around.run)).set("data-s", words_of(cell, around));
  details.set("data-k",
              fmt::format("{} {} {}", cell.kernel, cell.kernel_label, cell.kernel_release));
  details.set("data-t", cell.topology).set("data-c", report::case_of(cell));
  details.set("data-of", group_of(cell, around.run));
  if (!cell.judgement.expected && around.unfolded) details.set("open", "open");
  add_summary(details, cell, around.flaky.contains(&cell));
  add_facts(details, around.report, cell);
  std::size_t text = around.text;
  add_findings(details, cell, text);
  add_subtests(details, cell);
  add_evidence(details, cell);
  add_logs(details, cell, around.read, text);
  add_last_good(details, cell, around.last_good);
}

}  // namespace kproof::page
