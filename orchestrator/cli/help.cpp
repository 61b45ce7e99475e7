#include "cli/help.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "util/text.hpp"

namespace kproof::cli {

// "--accel auto|kvm|tcg"
static std::string with_value(const OptionInfo& option) {
  const std::string names = fmt::format("{}", fmt::join(option.names, ", "));
  if (option.positional || option.value.empty()) return names;
  if (option.choices.empty()) return fmt::format("{} {}", names, option.value);
  return fmt::format("{} {}", names, fmt::join(option.choices, "|"));
}

// What the option means, with what it may be and what it is.
static std::string meaning(const OptionInfo& option) {
  std::string text = option.help;
  if (option.positional && !option.choices.empty())
    text += fmt::format(": {}", fmt::join(option.choices, ", "));
  if (!option.otherwise.empty() && text.find("(default") == text.npos)
    text += fmt::format(" (default: {})", option.otherwise);
  if (option.required && !option.positional) text += " (required)";
  return text;
}

static std::string usage_of(const ProgramInfo& program, const CommandInfo& command) {
  std::string text = fmt::format("{} {} [OPTION]...", program.name, command.name);
  for (const OptionInfo& option : command.options)
    if (option.positional) {
      const std::string word = option.names.front() + (option.repeated ? "..." : "");
      text += option.required ? " " + word : fmt::format(" [{}]", word);
    }
  return text;
}

static std::vector<OptionInfo> chosen(const std::vector<OptionInfo>& options, bool positional) {
  std::vector<OptionInfo> some;
  std::ranges::copy_if(options, std::back_inserter(some),
                       [&](const OptionInfo& option) { return option.positional == positional; });
  return some;
}

using Rows = std::vector<std::pair<std::string, std::string>>;

// A name that does not fit stands above its text.
static std::string table_of(const Rows& rows) {
  constexpr std::size_t kIndent = 2, kGap = 2, kWidest = 22;
  std::size_t column = 0;
  for (const auto& [name, text] : rows)
    if (name.size() <= kWidest) column = std::max(column, name.size());
  std::string table;
  for (const auto& [name, text] : rows) {
    std::string lines = wrap(text, kIndent + column + kGap, kHelpWidth);
    if (name.size() <= column)
      lines.replace(kIndent, name.size(), name);
    else
      lines = fmt::format("  {}\n{}", name, lines);
    table += lines;
  }
  return table;
}

static Rows rows_of(const std::vector<OptionInfo>& options) {
  Rows rows;
  for (const OptionInfo& option : options)
    rows.emplace_back(with_value(option), meaning(option));
  return rows;
}

static std::string sentence(const std::string& help) {
  return help.ends_with('?') ? help : help + ".";
}

std::string help_of(const ProgramInfo& program, const CommandInfo& command) {
  std::string text = wrap(sentence(command.help), 0, kHelpWidth);
  text += "\n" + wrap("Usage: " + usage_of(program, command), 0, kHelpWidth);
  if (const auto arguments = chosen(command.options, true); !arguments.empty())
    text += "\nArguments:\n" + table_of(rows_of(arguments));
  text += "\nOptions:\n" + table_of(rows_of(chosen(command.options, false)));
  if (!command.examples.empty()) text += "\nExamples:\n";
  for (const Example& example : command.examples)
    text += fmt::format("  {}\n{}", example.line, wrap(example.what, 6, kHelpWidth));
  for (const std::string& paragraph : paragraphs(command.footer))
    text += "\n" + wrap(paragraph, 0, kHelpWidth);
  return text;
}

std::string help_of(const ProgramInfo& program) {
  Rows commands;
  for (const CommandInfo& command : program.commands)
    commands.emplace_back(command.name, command.help);
  return wrap(program.help, 0, kHelpWidth) + "\n" +
         wrap(fmt::format("Usage: {} COMMAND [OPTION]... [ARGUMENT]...", program.name), 0,
              kHelpWidth) +
         "\nCommands:\n" + table_of(commands) + "\nOptions:\n" +
         table_of(rows_of(program.options)) + "\n" +
         wrap(fmt::format("`{} COMMAND --help` shows the options of a command, with examples.",
                          program.name),
              0, kHelpWidth);
}

// Neither a request nor a hyphen for text that is set.
static std::string roff(std::string text) {
  util::replace_all(text, "\\", "\\e");
  util::replace_all(text, "-", "\\-");
  if (text.starts_with('.') || text.starts_with('\'')) text.insert(0, "\\&");
  return text;
}

static std::string title_of(const ProgramInfo& program, std::string name) {
  std::ranges::transform(name, name.begin(), [](char c) { return std::toupper(c); });
  return fmt::format(".TH {} 1 \"\" \"{}\" \"User Commands\"\n", roff(name), roff(program.version));
}

static std::string section(const std::string& name) {
  return fmt::format(".SH {}\n", name);
}

static std::string options_in_roff(const std::vector<OptionInfo>& options) {
  std::string text;
  for (const OptionInfo& option : options)
    text += fmt::format(".TP\n.B {}\n{}\n", roff(with_value(option)), roff(meaning(option)));
  return text;
}

static std::string footer_in_roff(const CommandInfo& command, bool exit_codes) {
  constexpr std::string_view kExit = "Exit code:";
  std::string text;
  for (const std::string& paragraph : paragraphs(command.footer)) {
    if (paragraph.starts_with(kExit) != exit_codes) continue;
    std::string rest = paragraph.substr(exit_codes ? kExit.size() : 0);
    rest.erase(0, rest.find_first_not_of(' '));
    text += ".PP\n" + roff(rest) + "\n";
  }
  return text;
}

static std::string examples_in_roff(const std::vector<Example>& examples) {
  std::string text;
  for (const Example& example : examples)
    text += fmt::format(".TP\n.B {}\n{}\n", roff(example.line), roff(example.what));
  return text;
}

static std::string in_lower(std::string text) {
  if (!text.empty() && !(text.size() > 1 && std::isupper(text[1])))
    text[0] = static_cast<char>(std::tolower(text[0]));
  return text;
}

std::string man_page(const ProgramInfo& program, const CommandInfo& command) {
  const std::string name = program.name + "-" + command.name;
  std::string page =
      title_of(program, name) + section("NAME") +
      fmt::format("{} \\- {}\n", roff(name), roff(in_lower(command.help))) + section("SYNOPSIS") +
      fmt::format(".B {}\n", roff(usage_of(program, command))) + section("DESCRIPTION") +
      roff(sentence(command.help)) + "\n" + footer_in_roff(command, false) + section("OPTIONS") +
      options_in_roff(command.options);
  if (!command.examples.empty()) page += section("EXAMPLES") + examples_in_roff(command.examples);
  if (const std::string codes = footer_in_roff(command, true); !codes.empty())
    page += section("EXIT STATUS") + codes;
  return page + section("SEE ALSO") + fmt::format(".BR {} (1)\n", roff(program.name));
}

std::string man_page(const ProgramInfo& program) {
  std::string page = title_of(program, program.name) + section("NAME") +
                     fmt::format("{} \\- {}\n", roff(program.name),
                                 roff(in_lower(program.help.substr(0, program.help.find('.'))))) +
                     section("SYNOPSIS") +
                     fmt::format(".B {} COMMAND [OPTION]... [ARGUMENT]...\n", roff(program.name)) +
                     section("DESCRIPTION") + roff(program.help) + "\n" + section("COMMANDS");
  std::string others;
  for (const CommandInfo& command : program.commands) {
    page += fmt::format(".TP\n.B {}\n{}\n", roff(command.name), roff(command.help));
    others += fmt::format("{}.BR {} (1)", others.empty() ? "" : ",\n",
                          roff(program.name + "-" + command.name));
  }
  return page + section("OPTIONS") + options_in_roff(program.options) + section("SEE ALSO") +
         others + "\n";
}

}  // namespace kproof::cli
