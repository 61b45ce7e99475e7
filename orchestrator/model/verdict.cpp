#include "model/verdict.hpp"

#include <algorithm>
#include <array>

namespace kproof::model {

static constexpr std::array<std::string_view, 7> kVerdicts{"pass", "fail", "crash", "hang",
                                                           "skip", "miss", "broken"};
static constexpr std::array<std::string_view, 5> kBlames{"none", "kernel", "test", "config",
                                                         "host"};

std::string_view to_string(Verdict verdict) {
  return kVerdicts[static_cast<std::size_t>(verdict)];
}

std::optional<Verdict> verdict_from_string(std::string_view text) {
  for (std::size_t i = 0; i < kVerdicts.size(); ++i)
    if (kVerdicts[i] == text) return static_cast<Verdict>(i);
  return std::nullopt;
}

std::string_view to_string(Blame blame) {
  return kBlames[static_cast<std::size_t>(blame)];
}

bool Expectation::allows(Verdict one) const {
  return one == verdict || std::find(also.begin(), also.end(), one) != also.end();
}

std::vector<std::string_view> Expectation::words() const {
  std::vector<std::string_view> words{to_string(verdict)};
  for (const Verdict one : also)
    words.push_back(to_string(one));
  return words;
}

}  // namespace kproof::model
