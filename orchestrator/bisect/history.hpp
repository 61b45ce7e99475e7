// What a bisection asks of a user's git repository; nothing of it changes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bisect/steps.hpp"

namespace kproof::bisect {

class History {
 public:
  // ConfigError for what is no git repository.
  explicit History(std::filesystem::path repository);

  // The commit of a revision; ConfigError names `option` and says so of a shallow clone.
  std::string resolve(const std::string& revision, const std::string& option) const;
  // "mm: x"; the first line of its message.
  std::string subject(const std::string& commit) const;
  // ConfigError when the history of `bad` does not hold `good`.
  void require_ancestor(const std::string& good, const std::string& bad) const;
  // The commits of the range, the best to try first: `git rev-list --bisect-all`.
  std::vector<std::string> order(const Range& range) const;

 private:
  std::filesystem::path repository_;
};

}  // namespace kproof::bisect
