#include "patch/refusal.hpp"

#include <regex>
#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kproof::patch {

namespace {
struct Hunk {
  std::string header;
  unsigned old_line = 0;
};
}  // namespace

// The hunks of one file, in order.
static std::vector<Hunk> hunks_of(std::string_view diff, const std::string& file) {
  static const std::regex form(R"re(^@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@.*)re");
  std::vector<Hunk> hunks;
  std::istringstream lines{std::string(diff)};
  bool inside = false;
  std::smatch match;
  for (std::string line; std::getline(lines, line);) {
    const std::string_view view(line);
    if (view.starts_with("+++ ") || view.starts_with("diff --git "))
      inside = view.find("/" + file) != std::string_view::npos || view.ends_with(" " + file);
    if (inside && std::regex_match(line, match, form))
      hunks.push_back({line, static_cast<unsigned>(std::stoul(match[1]))});
  }
  return hunks;
}

static std::string name_hunk(const std::vector<Hunk>& hunks, const std::string& file,
                             unsigned line) {
  for (std::size_t i = 0; i < hunks.size(); ++i)
    if (hunks[i].old_line == line)
      return fmt::format("{}: hunk {} of {}, `{}`, does not match", file, i + 1, hunks.size(),
                         hunks[i].header);
  return fmt::format("{}: the hunk at line {} does not match", file, line);
}

std::string explain_refusal(std::string_view said, std::string_view diff) {
  static const std::regex failed(R"re(^error: patch failed: (.*):(\d+)$)re"),
      summary(R"re(^error: .*: patch does not apply$)re");
  std::vector<std::string> reasons;
  std::istringstream lines{std::string(said)};
  std::smatch match;
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, match, failed))
      reasons.push_back(name_hunk(hunks_of(diff, match[1]), match[1],
                                  static_cast<unsigned>(std::stoul(match[2]))));
    else if (line.starts_with("error: ") && !std::regex_match(line, summary))
      reasons.push_back(line.substr(7));
  }
  return reasons.empty() ? std::string(said) : fmt::format("{}", fmt::join(reasons, "\n"));
}

}  // namespace kproof::patch
