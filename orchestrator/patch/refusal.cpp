#include "patch/refusal.hpp"

#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <re2/re2.h>

namespace kproof::patch {

namespace {
struct Hunk {
  std::string header;
  unsigned old_line = 0;
};
}  // namespace

// The hunks of one file, in order.
static std::vector<Hunk> hunks_of(std::string_view diff, const std::string& file) {
  static const RE2 form(R"re(^@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@)re", RE2::Latin1);
  std::vector<Hunk> hunks;
  std::istringstream lines{std::string(diff)};
  bool inside = false;
  unsigned old_line = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::string_view view(line);
    if (view.starts_with("+++ ") || view.starts_with("diff --git "))
      inside = view.find("/" + file) != std::string_view::npos || view.ends_with(" " + file);
    if (inside && RE2::PartialMatch(line, form, &old_line)) hunks.push_back({line, old_line});
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
  static const RE2 failed(R"re(error: patch failed: (.*):(\d+))re", RE2::Latin1),
      summary(R"re(error: .*: patch does not apply)re", RE2::Latin1);
  std::vector<std::string> reasons;
  std::istringstream lines{std::string(said)};
  std::string file;
  unsigned at = 0;
  for (std::string line; std::getline(lines, line);) {
    if (RE2::FullMatch(line, failed, &file, &at))
      reasons.push_back(name_hunk(hunks_of(diff, file), file, at));
    else if (line.starts_with("error: ") && !RE2::FullMatch(line, summary))
      reasons.push_back(line.substr(7));
  }
  return reasons.empty() ? std::string(said) : fmt::format("{}", fmt::join(reasons, "\n"));
}

}  // namespace kproof::patch
