#include "config/problems.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "config/quote.hpp"
#include "util/error.hpp"

namespace kproof::config {

constexpr std::size_t kMaxShown = 20;

void Problems::add(const YAML::Mark& mark, std::string message, std::string hint) {
  list_.push_back({mark, std::move(message), std::move(hint)});
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
