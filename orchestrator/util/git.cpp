#include "util/git.hpp"

#include <cstdlib>
#include <sstream>

#include <fmt/format.h>

#include "util/error.hpp"
#include "util/text.hpp"

namespace kproof::util {
namespace fs = std::filesystem;
using namespace std::chrono_literals;

std::map<std::string, std::string> git_environment() {
  std::map<std::string, std::string> environment{{"LC_ALL", "C"}};
  if (const char* caller = std::getenv("SUDO_UID")) environment["SUDO_UID"] = caller;
  return environment;
}

CommandResult git(const fs::path& repository, const std::vector<std::string>& words) {
  std::vector<std::string> argv{"git", "--no-optional-locks", "-C", repository.string()};
  argv.insert(argv.end(), words.begin(), words.end());
  return run({.argv = std::move(argv),
              .deadline = 10min,
              .output_limit = std::size_t{1} << 30,
              .inherit = Command::Inherit::plain,
              .environment = git_environment()});
}

std::vector<std::string> files_that_differ(const fs::path& repository, const std::string& a,
                                           const std::string& b) {
  const auto found =
      git(repository, {"diff-tree", "-r", "-z", "--no-renames", "--name-only", a, b});
  if (!found.ok())
    throw ConfigError(fmt::format("git cannot compare {} and {}: {}", a, b, chomp(found.err)));
  std::vector<std::string> files;
  std::istringstream names(found.out);
  for (std::string name; std::getline(names, name, '\0');)
    files.push_back(name);
  return files;
}

std::string commit_of(const fs::path& repository, const std::string& revision) {
  const auto found = git(
      repository, {"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"});
  if (found.ok()) return chomp(found.out);
  const auto shallow = git(repository, {"rev-parse", "--is-shallow-repository"});
  if (!shallow.ok())
    throw ConfigError(
        fmt::format("{} is no git tree: {}", repository.string(), chomp(shallow.err)));
  const bool is_shallow = shallow.out == "true\n";
  throw ConfigError(
      fmt::format("{} has no revision `{}`{}", repository.string(), revision,
                  is_shallow ? "; it is a shallow clone and lacks most of its history" : ""),
      is_shallow ? fmt::format("`git -C {} fetch --unshallow`, or fetch that revision",
                               repository.string())
                 : fmt::format("`git -C {} fetch --tags`?", repository.string()));
}

}  // namespace kproof::util
