#include <algorithm>
#include <span>

#include "console/frames.hpp"
#include "console/machinery.hpp"
#include "console/symbol_name.hpp"
#include "console/trace_lines.hpp"

namespace kproof::console {
using re2::StringPiece;

namespace {

// The functions that a report names outside of the way of its kind, the best first.
struct Named {
  std::string blamed, dispatcher, machinery;

  // True: nothing better can come.
  bool take(const std::string& text, const RE2& expression) {
    StringPiece found[2];
    return expression.Match(text, 0, text.size(), RE2::UNANCHORED, found, 2) &&
           take({found[1].data(), found[1].size()});
  }

  bool take(std::string_view symbol) {
    if (symbol.empty()) return false;
    std::string name = readable_name(symbol);
    std::string& place = is_reporter(name)     ? ignored
                         : is_machinery(name)  ? machinery
                         : is_dispatcher(name) ? dispatcher
                                               : blamed;
    if (place.empty()) place = std::move(name);
    return !blamed.empty();
  }

 private:
  std::string ignored;
};

}  // namespace

// "f+0x42/0x50" at `pos`: f. "" of all that is not so plain.
static std::string_view plain_function(std::string_view text, std::size_t pos) {
  const auto belongs = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const std::string_view rest = text.substr(std::min(pos, text.size()));
  const auto end = std::ranges::find_if_not(rest, belongs);
  const std::string_view name = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  const bool plain = rest.substr(name.size()).starts_with("+0x") && !name.starts_with("_ZN");
  return plain ? name : std::string_view();
}

// Is there ":12" directly before `end`, and something in front of it?
static bool ends_in_line_number(std::string_view text, std::size_t end) {
  const std::size_t colon = text.substr(0, end).find_last_not_of("0123456789");
  return colon != text.npos && colon > 0 && colon + 1 < end && text[colon] == ':' &&
         text[colon - 1] != ' ';
}

// What header_expression() finds in the common headers of a WARNING, "at mm/gup.c:12 f+0x42/0x50"
// and "mm/gup.c:12 at f+0x42/0x50", by hand, as a log may have a million. "" of all others.
static std::string_view place_of_warning(std::string_view text) {
  constexpr std::string_view kAt = " at ";
  const std::size_t at = text.find(kAt);
  if (at == text.npos || text.substr(0, at).find_first_of("+(@") != text.npos) return {};
  const std::size_t behind = at + kAt.size();
  if (ends_in_line_number(text, at)) return plain_function(text, behind);
  const std::size_t end = text.find(' ', behind);
  if (end == text.npos || !ends_in_line_number(text.substr(behind), end - behind)) return {};
  return plain_function(text, end + 1);
}

// Behind it a header names a function.
static const RE2& header_expression() {
  static const RE2 re(expand(
      R"((?:\bat \S+:\d+ |:\d+ at | in | LOCKUP @ | for CPU#[0-9]+ |^caller is (?:@PC )?)@F)"));
  return re;
}

std::string named_function(const std::vector<ReportLine>& lines) {
  constexpr std::size_t kHead = 4;  // lines
  static const RE2 pointer(expand("@IP"));
  static const RE2 held(expand(R"(\bat: *(?:@PC +)?@F)"));
  Named named;
  for (const ReportLine& line : std::span(lines).first(std::min(lines.size(), kHead))) {
    const std::string_view place = place_of_warning(line.text);
    if (place.empty() ? named.take(line.text, header_expression()) : named.take(place))
      return named.blamed;
  }
  for (const RE2* expression : {&pointer, &held, &frame_expression()})
    for (const ReportLine& line : lines)
      if (named.take(line.text, *expression)) return named.blamed;
  return named.machinery.empty() ? named.dispatcher : named.machinery;
}

}  // namespace kproof::console
