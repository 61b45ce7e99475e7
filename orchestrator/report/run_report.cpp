#include "report/run_report.hpp"

#include <fmt/format.h>

namespace kproof::report {

std::string verdict_text(const model::Judgement& judgement) {
  const bool pass = judgement.verdict == model::Verdict::pass;
  std::string text(to_string(judgement.verdict));
  if (judgement.expected != pass) text += judgement.expected ? " (expected)" : " (unexpected)";
  return text;
}

util::Millis duration_of(const model::CellResult& cell) {
  util::Millis sum{0};
  for (const auto& phase : cell.phases)
    if (phase.level == 1) sum += phase.duration;  // what is inside happens meanwhile
  return sum;
}

std::string case_of(const model::CellResult& cell) {
  const std::string prefix = fmt::format("{}/{}/", cell.kernel, cell.topology);
  return cell.id.starts_with(prefix) ? cell.id.substr(prefix.size()) : cell.test;
}

}  // namespace kproof::report
