#include "util/git.hpp"

#include <cstdlib>
#include <map>
#include <sstream>

#include <fmt/format.h>

#include "util/error.hpp"
#include "util/text.hpp"

namespace kproof::util {
namespace fs = std::filesystem;
using namespace std::chrono_literals;

// Other users' repositories that the user, or who set up this machine, lets git read.
static std::vector<std::string> trusted_directories() {
  std::vector<std::string> found;
  for (const char* whose : {"--system", "--global"}) {
    const auto said = run({.argv = {"git", "config", whose, "--get-all", "-z", "safe.directory"},
                           .directory = "/",
                           .inherit = Command::Inherit::plain});
    std::istringstream values(said.ok() ? said.out : "");
    for (std::string value; std::getline(values, value, '\0');)
      found.push_back(value);
  }
  return found;
}

static std::map<std::string, std::string> git_environment() {
  static const std::vector<std::string> trusted = trusted_directories();
  std::map<std::string, std::string> environment{{"LC_ALL", "C"},
                                                 {"GIT_CONFIG_NOSYSTEM", "1"},
                                                 {"GIT_CONFIG_GLOBAL", "/dev/null"},
                                                 {"GIT_ATTR_NOSYSTEM", "1"}};
  if (const char* caller = std::getenv("SUDO_UID")) environment["SUDO_UID"] = caller;
  int count = 0;
  const auto set = [&](const std::string& key, const std::string& value) {
    environment[fmt::format("GIT_CONFIG_KEY_{}", count)] = key;
    environment[fmt::format("GIT_CONFIG_VALUE_{}", count++)] = value;
  };
  // Where these are not set git looks in the user's directories all the same.
  set("core.attributesFile", "/dev/null");
  set("core.excludesFile", "/dev/null");
  for (const std::string& directory : trusted)
    set("safe.directory", directory);
  environment["GIT_CONFIG_COUNT"] = std::to_string(count);
  return environment;
}

Command git_command(std::vector<std::string> argv) {
  return {.argv = std::move(argv),
          .inherit = Command::Inherit::plain,
          .environment = git_environment()};
}

CommandResult git(const fs::path& repository, const std::vector<std::string>& words) {
  Command command = git_command({"git", "--no-optional-locks", "-C", repository.string()});
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  command.deadline = 10min;
  command.output_limit = std::size_t{1} << 30;
  return run(command);
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
