#include "report/run_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "util/subprocess.hpp"

namespace kproof::report {

using model::Verdict;

std::string verdict_text(const model::Judgement& judgement, std::size_t skipped,
                         std::size_t discounted) {
  std::vector<std::string> remarks;
  if (judgement.expected != (judgement.verdict == Verdict::pass))
    remarks.emplace_back(judgement.expected ? "expected" : "unexpected");
  if (skipped > 0) remarks.push_back(fmt::format("{} skipped", skipped));
  if (discounted > 0) remarks.push_back(fmt::format("attempt {}", discounted + 1));
  const std::string_view verdict = to_string(judgement.verdict);
  return remarks.empty() ? std::string(verdict)
                         : fmt::format("{} ({})", verdict, fmt::join(remarks, ", "));
}

std::string verdict_text(const model::CellResult& cell) {
  return verdict_text(cell.judgement, left_out_of(cell).size(), cell.discounted.size());
}

std::vector<std::string> left_out_of(const model::CellResult& cell) {
  const Verdict verdict = cell.judgement.verdict;
  if (verdict != Verdict::pass && verdict != Verdict::fail) return {};
  return model::skipped_in(cell.subtests);
}

util::Millis duration_of(const model::CellResult& cell) {
  util::Millis sum{0};
  for (const auto& phase : cell.phases)
    if (phase.level == 1) sum += phase.duration;  // what is inside happens meanwhile
  return sum;
}

std::string command_again(const RunReport& report, const model::CellResult& cell) {
  std::vector<std::string> words{"kproof", "run"};
  if (!report.plan.file.empty()) words.push_back(report.plan.file.string());
  for (const std::string& word : {std::string("--kernel"), cell.kernel, std::string("--topology"),
                                  cell.topology, std::string("--case"), cell.test})
    words.push_back(word);
  return util::shell_quote(words);
}

std::string case_of(const model::CellResult& cell) {
  const std::string prefix = fmt::format("{}/{}/", cell.kernel, cell.topology);
  return cell.id.starts_with(prefix) ? cell.id.substr(prefix.size()) : cell.test;
}

std::string name_of(const model::CellResult& cell) {
  std::string name = case_of(cell);
  const std::string suffix = fmt::format("@{}", cell.repetition);
  if (cell.repetition > 1 && name.ends_with(suffix)) name.resize(name.size() - suffix.size());
  return name;
}

std::string full_name_of(const model::CellResult& cell) {
  return fmt::format("{}/{}/{}", cell.kernel, cell.topology, name_of(cell));
}

}  // namespace kproof::report
