#include "config/problems.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "util/error.hpp"

namespace kproof::config {

constexpr std::size_t kMaxShown = 20;

static std::string_view line_of(std::string_view text, int line) {
  for (; line > 0; --line) {
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

void Problems::add(const YAML::Mark& mark, std::string message, std::string hint) {
  list_.push_back({mark, std::move(message), std::move(hint)});
}

std::string Problems::place(const YAML::Mark& mark) const {
  return mark.is_null() ? file_ : fmt::format("{}:{}:{}", file_, mark.line + 1, mark.column + 1);
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

std::string Problems::render(const Problem& problem) const {
  const std::string head = fmt::format("{}: {}", place(problem.mark), problem.message);
  if (problem.mark.is_null()) return head;
  const auto [text, caret] =
      excerpt(line_of(text_, problem.mark.line), static_cast<std::size_t>(problem.mark.column));
  return fmt::format("{}\n{:5} | {}\n      | {}", head, problem.mark.line + 1, text, caret);
}

void Problems::raise() const {
  if (list_.empty()) return;
  auto sorted = list_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Problem& a, const Problem& b) {
    return std::pair(a.mark.line, a.mark.column) < std::pair(b.mark.line, b.mark.column);
  });
  const std::size_t shown = std::min(sorted.size(), kMaxShown);
  std::string message;
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) message += '\n';
    message += render(sorted[i]);
    if (i + 1 < shown && !sorted[i].hint.empty()) message += "\n  hint: " + sorted[i].hint;
  }
  std::string hint = sorted[shown - 1].hint;
  if (sorted.size() > shown)
    hint += fmt::format("{}{} more problems are not shown", hint.empty() ? "" : "; ",
                        sorted.size() - shown);
  throw ConfigError(message, hint);
}

}  // namespace kproof::config
