#include "cli/command.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>

#include "cli/usage.hpp"

namespace kproof::cli {

void Command::value(const std::string& name, std::string& value, const std::string& help,
                    Need need) {
  app_.add_option(name, value, help)->required(need == Need::required)->capture_default_str();
}

void Command::number(const std::string& name, unsigned& value, const std::string& help) {
  app_.add_option(name, value, help);
}

void Command::choice(const std::string& name, std::string& value,
                     const std::vector<std::string>& words, const std::string& help) {
  app_.add_option(name, value, help)->check(CLI::IsMember(words))->capture_default_str();
}

void Command::list(const std::string& name, std::vector<std::string>& values,
                   const std::string& help, Need need) {
  app_.add_option(name, values, help)->required(need == Need::required)->allow_extra_args(false);
}

void Command::flag(const std::string& name, bool& value, const std::string& help) {
  app_.add_flag(name, value, help);
}

void Command::depends(const std::string& name, const std::string& other) {
  app_.get_option(name)->needs(app_.get_option(other));
}

void Command::footer(const std::string& text) {
  app_.footer(text);
}

void Command::does(std::function<int()> work) {
  app_.callback([work = std::move(work), &code = exit_code_] { code = work(); });
}

CommandLine::CommandLine(const std::string& description, const std::string& version)
    : app_(std::make_unique<CLI::App>(description, "kproof")) {
  app_->set_version_flag("--version", version);
  app_->require_subcommand(1);
}

CommandLine::~CommandLine() = default;

Command CommandLine::add(const std::string& name, const std::string& help) {
  return {*app_->add_subcommand(name, help), exit_code_};
}

// `kproof help run` is `kproof run --help`, and `kproof help nosuch` as wrong as `kproof nosuch`.
static std::vector<std::string> arguments(const CLI::App& app, int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words.front() == "help") {
    words.erase(words.begin());
    const auto commands = app.get_subcommands(nullptr);
    const bool known = words.empty() || std::ranges::any_of(commands, [&](const CLI::App* command) {
                         return command->get_name() == words.front();
                       });
    if (known) words.emplace_back("--help");
  }
  std::reverse(words.begin(), words.end());  // as CLI11 takes them
  return words;
}

int CommandLine::run(int argc, char** argv) {
  try {
    app_->parse(arguments(*app_, argc, argv));
  } catch (const CLI::Success& help) {
    app_->exit(help);  // prints it, or the version
  } catch (const CLI::ParseError& error) {
    throw usage_error(*app_, error);
  }
  return exit_code_;
}

}  // namespace kproof::cli
