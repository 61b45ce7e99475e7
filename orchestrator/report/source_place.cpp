#include <algorithm>
#include <cctype>
#include <charconv>

#include <fmt/format.h>

#include "report/annotations.hpp"

namespace kproof::report {

static std::optional<std::size_t> number_from(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number == 0) return std::nullopt;
  return number;
}

std::optional<SourcePlace> parse_place(std::string_view text) {
  std::size_t numbers[2] = {}, count = 0;
  while (count < 2) {
    const auto colon = text.rfind(':');
    if (colon == text.npos) break;
    const auto number = number_from(text.substr(colon + 1));
    if (!number) break;
    numbers[count++] = *number;
    text = text.substr(0, colon);
  }
  if (count == 0 || text.empty() || text.find('\n') != text.npos) return std::nullopt;
  if (count == 1) return SourcePlace{std::string(text), numbers[0], 0};
  return SourcePlace{std::string(text), numbers[1], numbers[0]};
}

std::optional<SourcePlace> leading_place(std::string_view message) {
  const auto end = message.find(": ");
  return end == message.npos ? std::nullopt : parse_place(message.substr(0, end));
}

static bool may_stand_in_a_path(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) ||
         std::string_view("_./+-").find(c) != std::string_view::npos;
}

// A file of the kernel's tree: a guest may print anything, and nothing out of the tree is meant.
static std::optional<SourcePlace> in_tree(std::string_view text) {
  auto place = parse_place(text);
  if (!place) return std::nullopt;
  if (place->file.starts_with("./")) place->file.erase(0, 2);
  const bool outside = place->file.starts_with('/') || place->file.find("..") != std::string::npos;
  for (const char c : place->file)
    if (outside || !may_stand_in_a_path(c)) return std::nullopt;
  return place;
}

// The lines of decoded.log that are of this finding, as sweep/traces.cpp writes it.
static std::string_view section_of(std::string_view decoded, const model::Finding& finding) {
  const std::string lines = fmt::format(", lines {}-{} of ", finding.start_line, finding.end_line);
  for (std::size_t from = 0; from < decoded.size();) {
    const std::size_t end = std::min(decoded.find('\n', from), decoded.size());
    const std::string_view line = decoded.substr(from, end - from);
    from = end + 1;
    if (!line.starts_with(finding.title) || line.find(lines) == line.npos) continue;
    const std::size_t begin = std::min(from + 1, decoded.size());
    return decoded.substr(begin, decoded.find("\n\n", begin) - begin);
  }
  return {};
}

// Of "          => zap (mm/zap.c:12), inlined into walk (mm/walk.c:40)" the place of `function`, or
// the first one where that is not there; the function is in `is_it`.
static std::optional<SourcePlace> place_in(std::string_view line, std::string_view function,
                                           bool& is_it) {
  constexpr std::string_view kArrow = "          => ";
  std::optional<SourcePlace> first;
  if (!line.starts_with(kArrow)) return first;
  line.remove_prefix(kArrow.size());
  while (!line.empty()) {
    const auto open = line.find(" ("), close = line.find(')', open == line.npos ? 0 : open);
    if (open == line.npos || close == line.npos) break;
    const std::string_view name = line.substr(0, open);
    const auto place = in_tree(line.substr(open + 2, close - open - 2));
    const std::string_view word = name.substr(std::min(name.rfind(' ') + 1, name.size()));
    is_it = place && word == function;
    if (is_it) return place;
    if (!first) first = place;
    line.remove_prefix(close + 1);
  }
  return first;
}

static std::optional<SourcePlace> decoded_place(std::string_view section,
                                                std::string_view function) {
  std::optional<SourcePlace> first;
  for (std::size_t from = 0; from < section.size();) {
    const std::size_t end = std::min(section.find('\n', from), section.size());
    bool is_it = false;
    const auto place = place_in(section.substr(from, end - from), function, is_it);
    if (is_it) return place;
    if (!first) first = place;
    from = end + 1;
  }
  return first;
}

// "mm/huge_memory.c:12" of "WARNING: CPU: 0 PID: 1 at mm/huge_memory.c:12 f+0x1/0x2".
static std::optional<SourcePlace> place_that_is_named(std::string_view excerpt) {
  for (const std::string_view mark : {".c:", ".h:", ".S:"})
    for (std::size_t at = 0; (at = excerpt.find(mark, at)) != excerpt.npos; ++at) {
      std::size_t begin = at, end = at + mark.size();
      while (begin > 0 && may_stand_in_a_path(excerpt[begin - 1]))
        --begin;
      while (end < excerpt.size() && std::isdigit(static_cast<unsigned char>(excerpt[end])))
        ++end;
      if (const auto place = in_tree(excerpt.substr(begin, end - begin))) return place;
    }
  return std::nullopt;
}

std::optional<SourcePlace> place_of(const model::Finding& finding, std::string_view decoded) {
  if (auto place = decoded_place(section_of(decoded, finding), finding.frame)) return place;
  return place_that_is_named(finding.excerpt);
}

}  // namespace kproof::report
