#include "nights/mail.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "nights/facts.hpp"
#include "report/markdown.hpp"
#include "report/text.hpp"
#include "util/subprocess.hpp"
#include "util/units.hpp"
#include "util/wrap.hpp"

namespace kproof::nights {
using report::printable;

namespace {

constexpr std::size_t kColumns = 78, kMostCells = 10;

}  // namespace

static std::string one_line(std::string_view text) {
  std::string line = printable(text);
  std::ranges::replace_if(
      line, [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return line;
}

static std::vector<std::string> head_of(const Overview& overview) {
  std::vector<std::string> lines;
  const std::string to = overview.nights.empty() ? "no night" : overview.nights.back();
  lines.push_back(fmt::format("Nights to {}: {}.", to, totals_of(overview.events)));
  if (!overview.nights.empty())
    lines.push_back(
        fmt::format("{} since {}, {}.", util::format_count(overview.nights.size(), "night"),
                    overview.nights.front(), util::format_count(overview.rows.size(), "cell")));
  return lines;
}

// "k/l1/mm/a: fail", of cells whose last night is unexpected and real.
static std::vector<std::string> real_cells(const Overview& overview) {
  std::vector<std::string> lines;
  for (const Row& row : overview.rows)
    if (row.is_real)
      lines.push_back(fmt::format("{}: {}", row.past.cell, row.squares.back().verdict));
  return lines;
}

// With a backslash where a line goes on, so that a shell takes it as it stands.
static std::string command_in_lines(const std::vector<std::string>& words, std::size_t indent) {
  constexpr std::string_view kGoesOn = " \\\n";
  std::string out, line;
  for (const std::string& word : words) {
    const std::string quoted = one_line(util::shell_quote({word}));
    const std::size_t width = util::display_width(line) + 1 + util::display_width(quoted);
    if (!line.empty() && indent + width + 2 > kColumns) {
      out += std::string(indent, ' ') + line + std::string(kGoesOn);
      line.clear();
    }
    line += (line.empty() ? "" : " ") + quoted;
  }
  return out + std::string(indent, ' ') + line + "\n";
}

static std::string behind_name(const char* name, std::string lines) {
  const std::string head = fmt::format("  {}:", name);
  return lines.replace(0, head.size(), head);
}

static std::string text_of(const Event& event) {
  constexpr std::size_t kIndent = 10;
  std::string kind(to_string(event.kind));
  std::ranges::transform(kind, kind.begin(), [](unsigned char c) { return std::toupper(c); });
  std::string out =
      "\n" + util::wrap(fmt::format("{}: {}", kind, one_line(event.what)), 0, kColumns);
  for (const Fact& fact : facts_of(event, kMostCells))
    out += behind_name(fact.name, util::wrap(one_line(fact.value), kIndent, kColumns));
  if (!event.again.empty()) out += behind_name("again", command_in_lines(event.again, kIndent));
  return out;
}

std::string mail_text(const Overview& overview) {
  std::string out;
  for (const std::string& line : head_of(overview))
    out += util::wrap(line, 0, kColumns);
  out += "\n" + util::wrap(sentence_of(ending_of(overview)), 0, kColumns);
  for (const std::string& cell : real_cells(overview))
    out += util::wrap(one_line(cell), 2, kColumns);
  for (const Event& event : overview.events)
    out += text_of(event);
  return out;
}

static std::string markdown_of(const Event& event) {
  using report::markdown_plain;
  std::string out =
      fmt::format("\n### {}: {}\n\n", to_string(event.kind), markdown_plain(event.what));
  for (const Fact& fact : facts_of(event, kMostCells))
    out += fmt::format("- {}: {}\n", fact.name, markdown_plain(fact.value));
  if (event.again.empty()) return out;
  return out + "\nRun it again:\n\n" +
         report::markdown_code(one_line(util::shell_quote(event.again)));
}

std::string mail_markdown(const Overview& overview) {
  const auto head = head_of(overview);
  std::string out = fmt::format("## {}\n\n", head.front());
  for (std::size_t i = 1; i < head.size(); ++i)
    out += head[i] + "\n";
  out += "\n" + sentence_of(ending_of(overview)) + "\n";
  const auto cells = real_cells(overview);
  if (!cells.empty()) out += "\n";
  for (const std::string& cell : cells)
    out += fmt::format("- {}\n", report::markdown_plain(cell));
  for (const Event& event : overview.events)
    out += markdown_of(event);
  return out;
}

}  // namespace kproof::nights
