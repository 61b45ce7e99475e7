#include "config/quote.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <re2/re2.h>

#include "util/error.hpp"
#include "util/files.hpp"
#include "util/utf8.hpp"

namespace kproof::config {

// Lines count from 1.
static std::string_view line_of(std::string_view text, std::size_t line) {
  for (; line > 1; --line) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

// Blanks as wide as a terminal shows `prefix`; tabs stay tabs.
static std::string blanks(std::string_view prefix) {
  std::string out;
  for (;;) {
    const auto tab = prefix.find('\t');
    out.append(util::display_width(prefix.substr(0, tab)), ' ');
    if (tab == std::string_view::npos) return out;
    out += '\t';
    prefix.remove_prefix(tab + 1);
  }
}

// `at`, or where the UTF-8 sequence begins that it lies in: an excerpt cuts none in two.
static std::size_t whole(std::string_view text, std::size_t at) {
  const auto inside = [&] { return (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80; };
  while (at > 0 && at < text.size() && inside())
    --at;
  return at;
}

namespace {
struct Excerpt {
  std::string text, caret;
};
}  // namespace

// The part of `line` around `column`, so that a file without newlines is not printed whole.
static Excerpt excerpt(std::string_view line, std::size_t column) {
  constexpr std::size_t kBefore = 80, kAfter = 80;
  column = whole(line, std::min(column, line.size()));
  const std::size_t start = whole(line, column > kBefore ? column - kBefore : 0);
  const std::size_t end = whole(line, std::min(column + kAfter, line.size()));
  const std::string_view mark = start > 0 ? "..." : "";
  // A file of others: nothing of it may steer the terminal.
  const std::string before = util::printable(line.substr(start, column - start));
  const std::string behind = util::printable(line.substr(column, end - column));
  return {fmt::format("{}{}{}{}", mark, before, behind, end < line.size() ? "..." : ""),
          blanks(mark) + blanks(before) + '^'};
}

// What stands in front of the caret.
static constexpr std::string_view kMargin = "\n      | ";

std::string quote(std::string_view text, std::size_t line, std::size_t column) {
  const auto [shown, caret] = excerpt(line_of(text, line), column - 1);
  return fmt::format("{:5} | {}{}{}", line, shown, kMargin, caret);
}

std::string quote_place_of(const std::string& message) {
  static const RE2 form("^([^\\n]+?):([1-9][0-9]{0,8}):([1-9][0-9]{0,8}): ", RE2::Latin1);
  std::string file;
  std::size_t line = 0, column = 0;
  if (!RE2::PartialMatch(message, form, &file, &line, &column) ||
      message.find(kMargin) != message.npos)
    return "";
  try {
    return quote(util::read_file(file), line, column);
  } catch (const HostError&) {
    return "";
  }
}

}  // namespace kproof::config
