#include "model/evidence.hpp"

#include <fmt/format.h>

namespace kproof::model {

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
