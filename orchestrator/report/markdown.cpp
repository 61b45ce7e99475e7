#include "report/markdown.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/series.hpp"
#include "report/summary.hpp"
#include "report/tables.hpp"

namespace kproof::report {
using model::CellResult;

// An underscore within a word is no markup, nor is what only the begin of a line makes one.
std::string markdown_plain(std::string_view text) {
  const std::string shown = printable(text);
  const auto word = [&](std::size_t i) {
    return i < shown.size() && std::isalnum(static_cast<unsigned char>(shown[i]));
  };
  std::string out;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const char c = shown[i];
    const bool edge = c == '_' && !(word(i - 1) && word(i + 1));
    const bool link = shown.compare(i, 3, "://") == 0 ||
                      (c == '.' && i >= 3 && shown.compare(i - 3, 3, "www") == 0);
    if (edge || link || std::string_view("\\`*[]<>|~&").find(c) != std::string_view::npos)
      out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

// Its fence is longer than any run of backquotes in it.
std::string markdown_code(const std::string& text) {
  std::size_t longest = 0, run = 0;
  for (const char c : text)
    longest = std::max(longest, run = c == '`' ? run + 1 : 0);
  const std::string fence(std::max<std::size_t>(3, longest + 1), '`');
  return fmt::format("{0}\n{1}{2}{0}\n", fence, text, text.ends_with('\n') ? "" : "\n");
}

static std::string first_lines(const std::string& text, std::size_t most) {
  std::string out;
  std::size_t from = 0;
  for (std::size_t line = 0; line < most && from < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    out += printable(std::string_view(text).substr(from, end - from)) + "\n";
    from = end + 1;
  }
  return out;
}

static std::string table(const Grid& grid) {
  if (grid.rows.empty()) return "";
  std::string out = fmt::format("| {} |", markdown_plain(grid.corner)), rule = "|---|";
  for (const auto& column : grid.columns) {
    out += fmt::format(" {} |", markdown_plain(column.title));
    rule += "---|";
  }
  out += "\n" + rule + "\n";
  for (const std::string& row : grid.rows) {
    out += fmt::format("| {} |", markdown_plain(row));
    for (const auto& column : grid.columns) {
      const Grid::Entry entry = grid.at(row, column);
      const bool bad = entry.cell && !entry.cell->judgement.expected;
      const char* const weight = bad ? "**" : "";
      out += fmt::format(" {0}{1}{0} |", weight, markdown_plain(entry.text));
    }
    out += "\n";
  }
  return out + "\n";
}

static std::string section(const RunReport& report, const CellResult& cell) {
  std::string out =
      fmt::format("### {}: {}\n\nWhy: {}\n", markdown_plain(cell.id),
                  markdown_plain(verdict_text(cell)), markdown_plain(cell.judgement.reason));
  if (!cell.findings.empty())
    out += "\n" + markdown_code(first_lines(cell.findings[0].excerpt, 20));
  return out + "\nRun it again:\n\n" + markdown_code(command_again(report, cell)) + "\n";
}

static std::string what_ran(const RunReport& report) {
  std::string out = "What ran:\n\n";
  std::set<std::string> told;
  for (const CellResult& cell : report.cells) {
    const std::string line =
        fmt::format("- {}: {} {}\n", markdown_plain(cell.kernel_label),
                    markdown_plain(cell.kernel_release), markdown_plain(cell.kernel_origin));
    if (told.insert(line).second) out += line;
  }
  const model::HostFacts& host = report.host;
  return out + fmt::format("- host: {}, {}, QEMU {}, {}\n", markdown_plain(host.cpu),
                           markdown_plain(host.kernel), markdown_plain(host.qemu),
                           host.accel == model::Accel::kvm ? "KVM" : "TCG, so times are its own");
}

static std::string head(const RunReport& report) {
  std::string totals = report.series ? render_series_verdict(report, {}) : render_totals(report);
  totals.erase(totals.find_last_not_of('\n') + 1);
  const std::size_t first = std::min(totals.find('\n'), totals.size());
  std::string out = fmt::format("## {}: {}\n\n", markdown_plain(report.plan.name),
                                markdown_plain(totals.substr(0, first)));
  if (first < totals.size()) out += markdown_code(totals.substr(first + 1)) + "\n";
  return out;
}

std::string markdown(const RunReport& report) {
  std::string out = head(report);
  out += report.series ? markdown_code(render_matrix(*report.series, {})) + "\n"
                       : table(verdicts_of(report));
  for (const CellResult& cell : report.cells)
    if (!cell.judgement.expected) out += section(report, cell);
  return out + what_ran(report);
}

}  // namespace kproof::report
