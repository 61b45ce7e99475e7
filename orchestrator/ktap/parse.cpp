#include "ktap/parse.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "ktap/lines.hpp"

namespace kproof::ktap {

namespace {

class Parser {
 public:
  void line(std::string_view text, bool terminated);
  model::CaseReport finish();

 private:
  void on(const Version&) { version_ = true; }
  void on(const Plan& plan);
  void on(const Result& result);
  void on(const BailOut& bail_out);
  void on(const Diagnostic& diagnostic) { add_diagnostic(diagnostic.text); }
  void on(const Nested& nested) {
    if (nested.failed) add_diagnostic(nested.text);
  }
  void on(const model::Evidence& evidence);
  void on(const model::Metric& metric) { report_.metrics.push_back(metric); }
  void on(const Unknown&) {}
  void on(const Malformed& malformed) { fault(malformed.why); }

  void fault(const std::string& why) {
    if (report_.malformed.empty())
      report_.malformed = "line " + std::to_string(number_) + ": " + why;
  }
  void add_diagnostic(std::string_view text) {
    if (!diagnostic_.empty()) diagnostic_ += '\n';
    diagnostic_ += text;
  }
  void check_number(const Result& result);

  model::CaseReport report_;
  std::size_t number_ = 0;  // of the line at hand, from 1
  bool version_ = false;
  bool terminated_ = true;  // the line at hand ended in a newline
  bool bailed_out_ = false;
  std::optional<std::size_t> planned_;
  std::string diagnostic_;  // for the next result
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

void Parser::on(const Plan& plan) {
  if (planned_) return fault("a second plan");
  if (!report_.subtests.empty()) fault("a plan after a result");
  planned_ = plan.tests;
  if (plan.tests > 0) return;
  report_.skip_reason = plan.skip_reason;
  if (plan.skip_reason.empty()) fault("a plan of no tests without \"# SKIP reason\"");
}

void Parser::check_number(const Result& result) {
  const std::size_t due = report_.subtests.size() + 1;
  if (!result.number) return fault("a result without a number");
  const std::string number = std::to_string(*result.number);
  if (*result.number == 0 || *result.number > due)
    return fault("result " + number + " where " + std::to_string(due) + " was due");
  if (*result.number < due) return fault("result " + number + " was there before");
  if (planned_ && due > *planned_)
    fault("result " + number + " of " + std::to_string(*planned_) + " planned");
}

void Parser::on(const Result& result) {
  if (bailed_out_) fault("a result after the bail-out");
  if (!planned_) fault("a result before any plan");
  if (!terminated_) fault("a result that is cut short");
  check_number(result);
  model::Subtest subtest{.name = std::string(result.name), .diagnostic = diagnostic_};
  using Kind = model::Subtest::Result;
  subtest.result = !result.ok ? Kind::not_ok : result.skipped ? Kind::skip : Kind::ok;
  if (subtest.result == Kind::skip) subtest.diagnostic = result.skip_reason;
  report_.subtests.push_back(std::move(subtest));
  diagnostic_.clear();
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
  const std::size_t seen = report_.subtests.size();
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
