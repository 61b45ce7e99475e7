#include "cli/usage.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "util/names.hpp"

namespace kproof::cli {

static std::vector<std::string> options_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options())
    for (const std::string& name : option->get_lnames())
      names.push_back("--" + name);
  return names;
}

static std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr))
    names.push_back(command->get_name());
  return names;
}

ConfigError usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const auto chosen = app.get_subcommands();
  const CLI::App& command = chosen.empty() ? app : *chosen.front();
  const std::string name = chosen.empty() ? "kproof" : "kproof " + command.get_name();
  const auto left = command.remaining();
  const std::string help = fmt::format("`{} --help` tells all", name);
  if (left.empty() && chosen.empty())
    return ConfigError(error.what(), util::suggest("", commands_of(app), "commands"));
  if (left.empty()) return ConfigError(fmt::format("{}: {}", name, error.what()), help);
  if (left.front().starts_with("-"))
    return ConfigError(fmt::format("{} has no option {}", name, left.front()),
                       util::suggest(left.front(), options_of(command), "options"));
  if (chosen.empty())
    return ConfigError(fmt::format("kproof has no command `{}`", left.front()),
                       util::suggest(left.front(), commands_of(app), "commands"));
  return ConfigError(fmt::format("{} has no use for `{}`", name, left.front()), help);
}

}  // namespace kproof::cli
