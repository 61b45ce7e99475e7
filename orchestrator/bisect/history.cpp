#include "bisect/history.hpp"

#include <sstream>

#include <fmt/format.h>

#include "util/error.hpp"
#include "util/git.hpp"

namespace kproof::bisect {
namespace fs = std::filesystem;
using util::git;

static std::string checked(const fs::path& repository, const std::vector<std::string>& words) {
  auto result = git(repository, words);
  if (!result.ok())
    throw ConfigError(
        fmt::format("git {} fails in {}: {}", words.at(0), repository.string(), result.err),
        "a shallow or partial clone may lack what it needs: fetch that");
  return std::move(result.out);
}

static std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    lines.push_back(std::move(line));
  return lines;
}

History::History(fs::path repository) : repository_(std::move(repository)) {
  const auto found = git(repository_, {"rev-parse", "--git-dir"});
  if (!found.ok())
    throw ConfigError(fmt::format("{} is no git repository: {}", repository_.string(), found.err));
}

std::string History::resolve(const std::string& revision, const std::string& option) const {
  try {
    return util::commit_of(repository_, revision);
  } catch (const ConfigError& error) {
    throw ConfigError(fmt::format("{} {}: {}", option, revision, error.what()), error.hint());
  }
}

std::string History::subject(const std::string& commit) const {
  const auto lines = lines_of(
      checked(repository_, {"log", "-1", "--no-show-signature", "--format=%s", commit, "--"}));
  return lines.empty() ? "" : lines[0];
}

void History::require_ancestor(const std::string& good, const std::string& bad) const {
  if (good == bad) throw ConfigError("--good and --bad are the same commit");
  if (git(repository_, {"merge-base", "--is-ancestor", good, bad}).ok()) return;
  const auto base = git(repository_, {"merge-base", good, bad});
  throw ConfigError(
      fmt::format("--good {} is no ancestor of --bad {}", good.substr(0, 12), bad.substr(0, 12)),
      base.ok() ? fmt::format("their merge base is {}: if that is good, it bounds the range",
                              base.out.substr(0, 12))
                : "they have no history in common, or the clone is shallow");
}

std::vector<std::string> History::order(const Range& range) const {
  std::vector<std::string> words{"rev-list", "--bisect-all", range.bad, "--not"};
  words.insert(words.end(), range.good.begin(), range.good.end());
  words.emplace_back("--");
  std::vector<std::string> commits;
  for (const std::string& line : lines_of(checked(repository_, words)))
    commits.push_back(line.substr(0, line.find(' ')));  // "<commit> (dist=3)"
  return commits;
}

}  // namespace kproof::bisect
