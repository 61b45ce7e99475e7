#include "ktap/nested.hpp"

#include <algorithm>
#include <utility>

namespace kproof::ktap {

bool NestedDocuments::close_inside(std::size_t indent) {
  bool results = false;
  for (; !open_.empty() && open_.back().indent > indent; open_.pop_back()) {
    const Document& done = open_.back();
    results |= done.seen > 0 || done.holds;
    if (done.planned && done.seen != *done.planned)
      inside_.faults.push_back(
          {done.indent,
           std::to_string(done.seen) + " of " + std::to_string(*done.planned) + " nested results",
           true});
  }
  if (!open_.empty()) open_.back().holds |= results;
  return results;
}

NestedDocuments::Document& NestedDocuments::at(std::size_t indent) {
  const bool holds = close_inside(indent);
  if (open_.empty() || open_.back().indent < indent)
    open_.push_back({.indent = indent, .planned = {}, .holds = holds});
  return open_.back();
}

// A second plan is that of another document, which follows without a result around the first.
void NestedDocuments::on(std::size_t indent, const Plan& plan) {
  Document* document = &at(indent);
  if (document->planned && document->seen > 0) {
    if (indent > 0) close_inside(indent - 1);
    document = &at(indent);
  }
  document->planned = plan.tests;
}

void NestedDocuments::on(std::size_t indent, const Result& result, std::string_view text) {
  Document& document = at(indent);
  ++document.seen;
  const auto kind = outcome(result);
  const bool skipped = kind == model::Subtest::Result::skip;
  if (skipped) inside_.skips.push_back({std::string(result.name), std::string(result.reason)});
  if (!std::exchange(document.holds, false) || skipped) ++inside_.leaves;
  if (kind == model::Subtest::Result::not_ok)
    inside_.faults.push_back({indent, std::string(text)});
  else if (result.directive == Directive::todo || result.directive == Directive::xfail)
    std::erase_if(inside_.faults, [&](const Fault& fault) { return fault.indent > indent; });
}

void NestedDocuments::line(std::size_t indent, std::string_view text) {
  if (text == "---" || text == "...") in_yaml_ = text == "---";
  if (in_yaml_) return;
  const Line line = classify(text);
  if (const auto* plan = std::get_if<Plan>(&line)) return on(indent, *plan);
  if (const auto* result = std::get_if<Result>(&line)) return on(indent, *result, text);
  if (std::holds_alternative<BailOut>(line)) inside_.faults.push_back({indent, std::string(text)});
}

bool NestedDocuments::comment(std::string_view text) {
  constexpr std::size_t kIndent = 2;  // as wide as "# "
  const std::size_t blanks = std::min(text.find_first_not_of(" \t"), text.size());
  const std::string_view inner = text.substr(blanks);
  const Line line = classify(inner);
  const bool begins = std::holds_alternative<Version>(line) || std::holds_alternative<Plan>(line);
  in_comments_ |= begins;
  if (!in_comments_) return false;
  this->line(kIndent + blanks, inner);
  return begins || std::holds_alternative<Result>(line);
}

NestedDocuments::Inside NestedDocuments::close() {
  close_inside(0);
  return std::exchange(*this, {}).inside_;
}

}  // namespace kproof::ktap
