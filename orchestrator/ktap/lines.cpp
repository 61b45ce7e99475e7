#include "ktap/lines.hpp"

#include <charconv>
#include <cmath>
#include <string>

namespace kproof::ktap {

static std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

static bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

static bool take_number(std::string_view& text, std::size_t& number) {
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  return true;
}

// Splits "name # SKIP reason"; the directive's case is free, as in TAP.
static bool split_skip(std::string_view& text, std::string_view& reason) {
  for (std::size_t at = text.find('#'); at != std::string_view::npos; at = text.find('#', at + 1)) {
    const std::string_view directive = trim(text.substr(at + 1));
    const std::string_view word = directive.substr(0, 4);
    if (word != "SKIP" && word != "skip" && word != "Skip") continue;
    reason = trim(directive.substr(4));
    text = trim(text.substr(0, at));
    return true;
  }
  return false;
}

static Line plan(std::string_view line) {
  Plan plan;
  std::string_view rest = line;
  take(rest, "1..");
  if (!take_number(rest, plan.tests)) return Malformed{"a plan without a number"};
  split_skip(rest, plan.skip_reason);
  return plan;
}

static Line result(std::string_view rest, bool ok) {
  Result result{.ok = ok};
  rest = trim(rest);
  std::size_t number = 0;
  if (take_number(rest, number)) result.number = number;
  rest = trim(rest);
  if (take(rest, "- ")) rest = trim(rest);
  result.skipped = split_skip(rest, result.skip_reason);
  result.name = rest;
  return result;
}

// "NAME: proven: FACT" or "NAME: unproven: FACT"
static Line evidence(std::string_view rest) {
  const auto colon = rest.find(": ");
  if (colon == 0 || colon == std::string_view::npos) return Malformed{"evidence without a name"};
  model::Evidence evidence{.name = std::string(rest.substr(0, colon))};
  rest.remove_prefix(colon + 2);
  evidence.proven = take(rest, "proven:");
  if (!evidence.proven && !take(rest, "unproven:"))
    return Malformed{"evidence that is neither \"proven:\" nor \"unproven:\""};
  evidence.fact = std::string(trim(rest));
  return evidence;
}

// "NAME: VALUE UNIT"
static Line metric(std::string_view rest) {
  const auto colon = rest.find(": ");
  if (colon == 0 || colon == std::string_view::npos) return Malformed{"a metric without a name"};
  model::Metric metric{.name = std::string(rest.substr(0, colon))};
  rest = trim(rest.substr(colon + 2));
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), metric.value);
  if (error != std::errc() || !std::isfinite(metric.value))
    return Malformed{"a metric whose value is no number"};
  metric.unit = std::string(trim(rest.substr(static_cast<std::size_t>(end - rest.data()))));
  return metric;
}

static Line diagnostic(std::string_view rest) {
  rest = trim(rest);
  if (take(rest, "evidence ")) return evidence(rest);
  if (take(rest, "metric ")) return metric(rest);
  return Diagnostic{rest};
}

// "ok" and "not ok" stand alone or before a blank: "okay" is text.
static bool take_word(std::string_view& text, std::string_view word) {
  if (text != word && !text.starts_with(std::string(word) + " ")) return false;
  text.remove_prefix(word.size());
  return true;
}

Line classify(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with(' ') || line.starts_with('\t')) {
    std::string_view text = trim(line), word = text;
    return Nested{take_word(word, "not ok"), text};
  }
  if (line.starts_with("KTAP version ") || line.starts_with("TAP version ")) return Version{};
  if (line.starts_with("1..")) return plan(line);
  std::string_view rest = line;
  if (take_word(rest, "ok")) return result(rest, true);
  if (take_word(rest, "not ok")) return result(rest, false);
  if (take(rest, "Bail out!")) return BailOut{trim(rest)};
  if (take(rest, "#")) return diagnostic(rest);
  return Unknown{};
}

// The length of the UTF-8 sequence that `text` starts with; 0 if it is none. Overlong forms,
// surrogates and what lies beyond U+10FFFF are none (RFC 3629).
static std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
  const unsigned first = byte(0), second = byte(1);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return continues(1) ? 2 : 0;
  if (first >= 0xe0 && first < 0xf0) {
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0)) return 0;
    return continues(1) && continues(2) ? 3 : 0;
  }
  if (first < 0xf0 || first > 0xf4) return 0;
  if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90)) return 0;
  return continues(1) && continues(2) && continues(3) ? 4 : 0;
}

bool is_text(std::string_view line) {
  while (!line.empty()) {
    const auto c = static_cast<unsigned char>(line.front());
    if ((c < 0x20 && c != '\t' && c != '\r' && c != 0x1b) || c == 0x7f) return false;
    const std::size_t length = sequence_length(line);
    if (length == 0) return false;
    line.remove_prefix(length);
  }
  return true;
}

}  // namespace kproof::ktap
