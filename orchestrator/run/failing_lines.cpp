#include "run/failing_lines.hpp"

#include <algorithm>
#include <utility>

#include "ktap/lines.hpp"

namespace kproof::run {

static bool fails(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const ktap::Line read = ktap::classify(line);
  const auto* result = std::get_if<ktap::Result>(&read);
  return result && ktap::outcome(*result) == model::Subtest::Result::not_ok;
}

std::optional<std::string> FailingLines::feed(std::string_view bytes) {
  constexpr std::size_t kLongest = 4096;
  if (found_) return std::nullopt;
  for (const char c : bytes) {
    if (c != '\n') {
      if (line_.size() < kLongest) line_ += c;
      continue;
    }
    std::string line = std::exchange(line_, {});
    if (!fails(line)) continue;
    found_ = true;
    line.erase(0, line.find_first_not_of(' '));
    return line;
  }
  return std::nullopt;
}

}  // namespace kproof::run
