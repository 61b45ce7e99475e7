#include "ktap/parse.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "ktap/lines.hpp"
#include "ktap/nested.hpp"
#include "ktap/samples.hpp"

namespace kproof::ktap {

static void add_line(std::string& lines, std::string_view text) {
  if (!lines.empty()) lines += '\n';
  lines += text;
}

// TAP 14 escapes a '#' that begins no directive.
static std::string unescaped(std::string_view name) {
  std::string text(name);
  for (std::size_t at = 0; (at = text.find("\\#", at)) != text.npos; ++at)
    text.erase(at, 1);
  return text;
}

namespace {

class Parser {
 public:
  void line(std::string_view text, bool terminated);
  model::CaseReport finish();

 private:
  void on(const Version& version);
  void on(const Plan& plan);
  void on(const Result& result);
  void on(const BailOut& bail_out);
  void on(const Diagnostic& diagnostic) {
    if (!nested_.comment(diagnostic.text)) add_diagnostic(diagnostic.text);
  }
  void on(const Nested& nested) { nested_.line(nested.indent, nested.text); }
  void on(const model::Evidence& evidence);
  void on(const model::Metric& metric) {
    if (metric.samples.empty()) return report_.metrics.push_back(metric);
    for (model::Metric& one : with_percentiles(metric))
      report_.metrics.push_back(std::move(one));
  }
  void on(const Unknown&) {}
  void on(const Malformed& malformed) { fault(malformed.why); }

  void fault(const std::string& why) {
    if (report_.malformed.empty())
      report_.malformed = "line " + std::to_string(number_) + ": " + why;
  }
  void add_diagnostic(std::string_view text) { add_line(diagnostic_, text); }
  void check_number(const Result& result);
  void account_for(const NestedDocuments::Inside& inside);
  void end_nested();

  model::CaseReport report_;
  std::size_t results_ = 0;
  std::size_t number_ = 0;  // of the line at hand, from 1
  bool version_ = false, ktap_ = false;
  bool terminated_ = true;  // the line at hand ended in a newline
  bool bailed_out_ = false;
  std::optional<std::size_t> planned_;
  bool plan_is_last_ = false;  // results stand before it
  std::string diagnostic_;     // for the next result
  NestedDocuments nested_;     // the same
};

void Parser::line(std::string_view text, bool terminated) {
  ++number_;
  terminated_ = terminated;
  if (!is_text(text)) return fault("binary data");
  const Line line = classify(text);
  const bool part_of_document = !std::holds_alternative<Unknown>(line);
  if (!version_ && part_of_document && !std::holds_alternative<Version>(line) &&
      !std::holds_alternative<Diagnostic>(line) && !std::holds_alternative<Nested>(line))
    fault("before any \"KTAP version 1\" line");
  std::visit([this](const auto& kind) { on(kind); }, line);
}

void Parser::on(const Version& version) {
  version_ = true;
  ktap_ |= version.ktap;
}

// Before the results or behind them all (TAP 13).
void Parser::on(const Plan& plan) {
  if (planned_) return fault("a second plan");
  if (!terminated_) fault("a plan that is cut short");
  const std::size_t seen = results_;
  plan_is_last_ = seen > 0;
  if (seen > plan.tests)
    fault("a plan of " + std::to_string(plan.tests) + " behind " + std::to_string(seen) +
          " results");
  planned_ = plan.tests;
  if (plan.tests > 0) return;
  report_.skip_reason = plan.skip_reason;
  if (plan.skip_reason.empty()) fault("a plan of no tests without \"# SKIP reason\"");
}

void Parser::check_number(const Result& result) {
  const std::size_t due = results_ + 1;
  if (!result.number) {
    if (ktap_) fault("a result without a number");
    return;
  }
  const std::string number = std::to_string(*result.number);
  if (*result.number == 0 || *result.number > due)
    return fault("result " + number + " where " + std::to_string(due) + " was due");
  if (*result.number < due) return fault("result " + number + " was there before");
  if (planned_ && due > *planned_)
    fault("result " + number + " of " + std::to_string(*planned_) + " planned");
}

void Parser::on(const Result& result) {
  if (bailed_out_) fault("a result after the bail-out");
  if (plan_is_last_) fault("a result after a plan that has results before it");
  if (!terminated_) fault("a result that is cut short");
  check_number(result);
  using Kind = model::Subtest::Result;
  const bool excused = result.directive == Directive::todo || result.directive == Directive::xfail;
  const auto inside = nested_.close();
  for (const auto& fault : inside.faults)
    add_diagnostic(fault.text);
  model::Subtest subtest{.name = unescaped(result.name),
                         .diagnostic = std::exchange(diagnostic_, "")};
  subtest.result = inside.faults.empty() ? outcome(result) : excused ? Kind::skip : Kind::not_ok;
  if (subtest.result == Kind::skip)
    subtest.diagnostic = (excused ? "expected to fail: " : "") + std::string(result.reason);
  else if (result.directive == Directive::timeout || result.directive == Directive::error)
    add_line(subtest.diagnostic, (result.directive == Directive::timeout ? "TIMEOUT " : "ERROR ") +
                                     std::string(result.reason));
  ++results_;
  report_.subtests.push_back(std::move(subtest));
  if (report_.subtests.back().result == Kind::ok) account_for(inside);
}

// What was skipped inside of a result that is ok, the last one: that stands for what is left, if
// anything.
void Parser::account_for(const NestedDocuments::Inside& inside) {
  using Kind = model::Subtest::Result;
  const std::string outer = report_.subtests.back().name;
  if (inside.leaves > 0 && inside.skips.size() == inside.leaves) {
    report_.subtests.back().result = Kind::skip;
    report_.subtests.back().diagnostic =
        fmt::format("all {} nested in it were: {}", inside.leaves, inside.skips.front().reason);
    return;
  }
  for (const auto& skip : inside.skips)
    report_.subtests.push_back(
        {fmt::format("{} / {}", outer, unescaped(skip.name)), Kind::skip, skip.reason});
}

// A failure inside of a result that never came is one all the same. What lacks there is the end's.
void Parser::end_nested() {
  std::string failed;
  for (const auto& fault : nested_.close().faults)
    if (!fault.lacks) add_line(failed, fault.text);
  if (!failed.empty())
    report_.subtests.push_back({.name = "a result that did not come", .diagnostic = failed});
}

void Parser::on(const BailOut& bail_out) {
  if (bailed_out_) return fault("a second bail-out");
  bailed_out_ = true;
  report_.bail_out = bail_out.reason.empty() ? "no reason given" : bail_out.reason;
}

void Parser::on(const model::Evidence& evidence) {
  const auto known = std::find_if(report_.evidence.begin(), report_.evidence.end(),
                                  [&](const auto& e) { return e.name == evidence.name; });
  if (known == report_.evidence.end())
    report_.evidence.push_back(evidence);
  else if (known->proven && !evidence.proven)
    *known = evidence;
}

model::CaseReport Parser::finish() {
  ++number_;
  const std::size_t seen = results_;
  end_nested();
  if (!version_)
    fault("the end, and no \"KTAP version 1\" line");
  else if (!planned_ && !bailed_out_)
    fault("the end, and no plan");
  else if (planned_ && seen < *planned_ && !bailed_out_)
    fault("the end after " + std::to_string(seen) + " of " + std::to_string(*planned_) +
          " results");
  return std::move(report_);
}

}  // namespace

model::CaseReport parse(std::string_view text) {
  Parser parser;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const bool terminated = end != std::string_view::npos;
    parser.line(text.substr(0, end), terminated);
    text.remove_prefix(terminated ? end + 1 : text.size());
  }
  return parser.finish();
}

}  // namespace kproof::ktap
