#include "config/quote.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <re2/re2.h>

#include "util/error.hpp"
#include "util/files.hpp"

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

// Blanks as wide as `prefix` is shown: tabs stay tabs, and a UTF-8 sequence is one column.
static std::string blanks(std::string_view prefix) {
  std::string out;
  for (const char c : prefix)
    if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) out += c == '\t' ? '\t' : ' ';
  return out;
}

namespace {
struct Excerpt {
  std::string text, caret;
};
}  // namespace

// The part of `line` around `column`, so that a file without newlines is not printed whole.
static Excerpt excerpt(std::string_view line, std::size_t column) {
  constexpr std::size_t kBefore = 80, kAfter = 80;
  column = std::min(column, line.size());
  const std::size_t start = column > kBefore ? column - kBefore : 0;
  const std::string_view before = line.substr(start, column - start);
  const std::string_view mark = start > 0 ? "..." : "";
  const bool cut = line.size() > column + kAfter;
  return {
      fmt::format("{}{}{}", mark, line.substr(start, column - start + kAfter), cut ? "..." : ""),
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
