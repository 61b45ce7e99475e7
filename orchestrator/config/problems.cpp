#include "config/problems.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "config/quote.hpp"
#include "util/error.hpp"

namespace kproof::config {

constexpr std::size_t kMaxShown = 20;

void Problems::add(const YAML::Mark& mark, std::string message, std::string hint) {
  const bool told = std::ranges::any_of(list_, [&](const Problem& earlier) {
    return earlier.mark.pos == mark.pos && earlier.message == message;
  });
  if (!told) list_.push_back({mark, std::move(message), std::move(hint)});
}

void Problems::warn(const YAML::Mark& mark, std::string message, std::string hint) {
  warnings_.push_back({mark, std::move(message), std::move(hint)});
}

YAML::Mark Problems::inside(YAML::Mark mark, std::string_view word, std::size_t offset) const {
  const auto shown = text_.substr(std::min(static_cast<std::size_t>(mark.pos), text_.size()));
  const std::size_t quote = shown.starts_with('"') || shown.starts_with('\'') ? 1 : 0;
  if (!shown.substr(quote).starts_with(word)) return mark;
  mark.column += static_cast<int>(quote + offset);
  return mark;
}

std::string Problems::place(const YAML::Mark& mark) const {
  return mark.is_null() ? file_ : fmt::format("{}:{}:{}", file_, mark.line + 1, mark.column + 1);
}

std::string Problems::render(const Problem& problem) const {
  std::string head = fmt::format("{}: {}", place(problem.mark), problem.message);
  if (problem.mark.is_null()) return head;
  const auto line = static_cast<std::size_t>(problem.mark.line);
  const auto column = static_cast<std::size_t>(problem.mark.column);
  return fmt::format("{}\n{}", head, quote(text_, line + 1, column + 1));
}

Problems::List Problems::sorted(List list) {
  std::stable_sort(list.begin(), list.end(), [](const Problem& a, const Problem& b) {
    return std::pair(a.mark.line, a.mark.column) < std::pair(b.mark.line, b.mark.column);
  });
  return list;
}

std::vector<std::string> Problems::warnings() const {
  std::vector<std::string> texts;
  for (const Problem& warning : sorted(warnings_))
    texts.push_back(render(warning) + (warning.hint.empty() ? "" : "\n  hint: " + warning.hint));
  return texts;
}

void Problems::raise() const {
  if (list_.empty()) return;
  const List sorted = Problems::sorted(list_);
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
