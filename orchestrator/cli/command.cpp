#include "cli/command.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/help.hpp"
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
  CLI::Option* option = app_.add_option(name, value, help);
  option->check(CLI::IsMember(words))->capture_default_str();
  more_.choices[option] = words;
}

void Command::list(const std::string& name, std::vector<std::string>& values,
                   const std::string& help, Need need) {
  CLI::Option* option = app_.add_option(name, values, help);
  option->required(need == Need::required)->allow_extra_args(false);
  more_.repeated.insert(option);
}

void Command::words(const std::string& name, std::vector<std::string>& values,
                    const std::string& help, Need need) {
  CLI::Option* option = app_.add_option(name, values, help);
  option->required(need == Need::required);
  more_.repeated.insert(option);
}

void Command::flag(const std::string& name, bool& value, const std::string& help) {
  app_.add_flag(name, value, help);
}

void Command::depends(const std::string& name, const std::string& other) {
  app_.get_option(name)->needs(app_.get_option(other));
}

void Command::excludes(const std::string& name, const std::string& other) {
  app_.get_option(name)->excludes(app_.get_option(other));
}

void Command::example(const std::string& line, const std::string& what) {
  more_.examples[&app_].push_back({line, what});
}

void Command::footer(const std::string& text) {
  app_.footer(text);
}

void Command::does(std::function<int()> work) {
  app_.callback([work = std::move(work), &code = exit_code_] { code = work(); });
}

CommandLine::CommandLine(const std::string& description, const std::string& version)
    : version_(version), app_(std::make_unique<CLI::App>(description, "kproof")) {
  app_->set_version_flag("--version", version);
  app_->require_subcommand(1);
}

CommandLine::~CommandLine() = default;

Command CommandLine::add(const std::string& name, const std::string& help) {
  return {*app_->add_subcommand(name, help), more_, exit_code_};
}

static OptionInfo info_of(const CLI::Option& option) {
  OptionInfo info{.positional = option.get_positional(),
                  .required = option.get_required(),
                  .help = option.get_description(),
                  .otherwise = option.get_default_str()};
  if (info.positional) info.names = {option.get_name(true, false)};
  if (!info.positional)
    for (const std::string& name : option.get_snames())
      info.names.push_back("-" + name);
  if (!info.positional)
    for (const std::string& name : option.get_lnames())
      info.names.push_back("--" + name);
  if (option.get_items_expected_max() > 0)
    info.value = option.get_type_name().starts_with("UINT") ? "N" : "VALUE";
  return info;
}

ProgramInfo CommandLine::info() const {
  const auto options_of = [&](const CLI::App& app) {
    std::vector<OptionInfo> options;
    for (const CLI::Option* option : app.get_options()) {
      options.push_back(info_of(*option));
      options.back().repeated = more_.repeated.contains(option);
      if (const auto choices = more_.choices.find(option); choices != more_.choices.end())
        options.back().choices = choices->second;
    }
    return options;
  };
  ProgramInfo program{.name = app_->get_name(),
                      .help = app_->get_description(),
                      .version = version_,
                      .options = options_of(*app_),
                      .commands = {}};
  for (const CLI::App* command : app_->get_subcommands(nullptr)) {
    const auto examples = more_.examples.find(command);
    program.commands.push_back(
        {.name = command->get_name(),
         .help = command->get_description(),
         .options = options_of(*command),
         .examples = examples == more_.examples.end() ? std::vector<Example>{} : examples->second,
         .footer = command->get_footer()});
  }
  return program;
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
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app_->get_subcommands();
    const ProgramInfo program = info();
    fmt::print("{}", chosen.empty()
                         ? help_of(program)
                         : help_of(program, *find_command(program, chosen.front()->get_name())));
  } catch (const CLI::Success& help) {
    app_->exit(help);  // prints the version
  } catch (const CLI::ParseError& error) {
    throw usage_error(*app_, error);
  }
  return exit_code_;
}

}  // namespace kproof::cli
