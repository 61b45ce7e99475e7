#include "model/evidence.hpp"

#include <fmt/format.h>

namespace kproof::model {

// Where the name of a percentile or of the maximum begins, or the end.
static std::size_t suffix_at(const std::string& metric) {
  const std::size_t at = metric.rfind('_');
  if (at == metric.npos || at + 2 >= metric.size()) return metric.size();
  const bool percentile =
      metric[at + 1] == 'p' && metric.find_first_not_of("0123456789", at + 2) == metric.npos;
  return percentile || metric.substr(at) == "_max" ? at : metric.size();
}

std::string idle_name(const std::string& metric) {
  std::string name = metric;
  return name.insert(suffix_at(metric), "_idle");
}

std::string name_of(const std::vector<Subtest>& subtests, std::size_t index) {
  const std::string& name = subtests[index].name;
  return name.empty() ? fmt::format("subtest {}", index + 1) : name;
}

std::vector<std::string> skipped_in(const std::vector<Subtest>& subtests) {
  std::vector<std::string> skipped;
  for (std::size_t i = 0; i < subtests.size(); ++i) {
    if (subtests[i].result != Subtest::Result::skip) continue;
    const std::string& reason = subtests[i].diagnostic;
    skipped.push_back(
        fmt::format("{}: {}", name_of(subtests, i), reason.empty() ? "no reason given" : reason));
  }
  return skipped;
}

}  // namespace kproof::model
