#include "ktap/lines.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "util/utf8.hpp"

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

// Whether `text` is `word` and what follows it, in any case: "SKIP", "Skipped: why", "skip why".
static bool take_directive(std::string_view& text, std::string_view word) {
  if (text.size() < word.size()) return false;
  const bool equal = std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) {
    return a == std::toupper(static_cast<unsigned char>(b));
  });
  if (!equal) return false;
  const std::string_view rest = text.substr(word.size());
  if (!rest.empty() && rest[0] != ' ' && rest[0] != '\t' && rest[0] != ':') return false;
  text = trim(rest.starts_with(':') ? rest.substr(1) : rest);
  return true;
}

static Directive directive_of(std::string_view& text) {
  static constexpr std::pair<std::string_view, Directive> kWords[] = {
      {"SKIP", Directive::skip},   {"SKIPPED", Directive::skip},    {"TODO", Directive::todo},
      {"XFAIL", Directive::xfail}, {"TIMEOUT", Directive::timeout}, {"ERROR", Directive::error}};
  for (const auto& [word, directive] : kWords)
    if (take_directive(text, word)) return directive;
  return Directive::none;
}

// Splits "name # SKIP reason". A '#' that begins one stands behind a blank or at the start.
static Directive split_directive(std::string_view& text, std::string_view& reason) {
  for (std::size_t at = text.find('#'); at != std::string_view::npos; at = text.find('#', at + 1)) {
    if (at > 0 && text[at - 1] != ' ' && text[at - 1] != '\t') continue;
    reason = trim(text.substr(at + 1));
    const Directive directive = directive_of(reason);
    if (directive == Directive::none) continue;
    text = trim(text.substr(0, at));
    return directive;
  }
  reason = {};
  return Directive::none;
}

static Line plan(std::string_view line) {
  Plan plan;
  std::string_view rest = line;
  take(rest, "1..");
  if (!take_number(rest, plan.tests)) return Malformed{"a plan without a number"};
  rest = trim(rest);
  if (!rest.empty() && rest[0] != '#') return Malformed{"a plan with text behind its number"};
  if (split_directive(rest, plan.skip_reason) != Directive::skip) plan.skip_reason = {};
  return plan;
}

static Line result(std::string_view rest, bool ok) {
  Result result{.ok = ok};
  rest = trim(rest);
  std::string_view behind = rest;
  std::size_t number = 0;
  // "2nd" is no number.
  if (take_number(behind, number) && (behind.empty() || behind[0] == ' ' || behind[0] == '\t')) {
    result.number = number;
    rest = trim(behind);
  }
  if (rest == "-" || rest.starts_with("- ")) rest = trim(rest.substr(1));
  result.directive = split_directive(rest, result.reason);
  result.name = rest;
  return result;
}

model::Subtest::Result outcome(const Result& result) {
  using Kind = model::Subtest::Result;
  switch (result.directive) {
    case Directive::skip:
    case Directive::xfail:
      return Kind::skip;
    case Directive::todo:
      return result.ok ? Kind::ok : Kind::skip;
    case Directive::timeout:
    case Directive::error:
      return Kind::not_ok;
    case Directive::none:
      break;
  }
  return result.ok ? Kind::ok : Kind::not_ok;
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

// A finite number, and `text` behind it.
static std::optional<double> take_value(std::string_view& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || !std::isfinite(value)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

// "[VALUE VALUE ...] UNIT"
static Line samples(model::Metric metric, std::string_view rest) {
  constexpr Malformed kUnread{"a metric whose samples are no numbers"};
  const auto close = rest.find(']');
  if (close == std::string_view::npos) return kUnread;
  metric.unit = std::string(trim(rest.substr(close + 1)));
  for (std::string_view list = trim(rest.substr(1, close - 1)); !list.empty();) {
    const auto value = take_value(list);
    if (!value || (!list.empty() && list.front() != ' ')) return kUnread;
    metric.samples.push_back(*value);
    list = trim(list);
  }
  if (metric.samples.empty()) return kUnread;
  return metric;
}

// "NAME: VALUE UNIT", or samples
static Line metric(std::string_view rest) {
  const auto colon = rest.find(": ");
  if (colon == 0 || colon == std::string_view::npos) return Malformed{"a metric without a name"};
  model::Metric metric{.name = std::string(rest.substr(0, colon))};
  rest = trim(rest.substr(colon + 2));
  if (rest.starts_with('[')) return samples(std::move(metric), rest);
  const auto value = take_value(rest);
  if (!value) return Malformed{"a metric whose value is no number"};
  metric.value = *value;
  metric.unit = std::string(trim(rest));
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
    const std::string_view text = trim(line);
    return Nested{line.find_first_not_of(" \t"), text};
  }
  if (line.starts_with("KTAP version ")) return Version{true};
  if (line.starts_with("TAP version ")) return Version{false};
  if (line.starts_with("1..")) return plan(line);
  std::string_view rest = line;
  if (take_word(rest, "ok")) return result(rest, true);
  if (take_word(rest, "not ok")) return result(rest, false);
  if (take(rest, "Bail out!")) return BailOut{trim(rest)};
  if (take(rest, "#")) return diagnostic(rest);
  return Unknown{};
}

bool is_text(std::string_view line) {
  while (!line.empty()) {
    const util::CodePoint next = util::decode(line);
    const bool control = next.code < 0x20 || next.code == 0x7f;
    const bool common = next.code == '\t' || next.code == '\r' || next.code == 0x1b;
    if (!next.valid || (control && !common)) return false;
    line.remove_prefix(next.bytes);
  }
  return true;
}

}  // namespace kproof::ktap
