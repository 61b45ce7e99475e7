// The commands of the program and their options. CLI11 stands behind it, in command.cpp alone: its
// header costs each file that includes it ten seconds of compiling.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cli/words.hpp"

// NOLINTNEXTLINE(readability-identifier-naming): CLI11 calls it so
namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace kproof::cli {

enum class Need { optional, required };

// Options are named as a user writes them: "PLAN", "--out", "-v,--verbose". What is not given stays
// as it is, which --help shows as the default. Values must live until CommandLine::run() returns.
class Command {
 public:
  void value(const std::string& name, std::string& value, const std::string& help,
             Need need = Need::optional);
  void number(const std::string& name, unsigned& value, const std::string& help);
  void choice(const std::string& name, std::string& value, const std::vector<std::string>& words,
              const std::string& help);
  // Each time that the option is given adds one value.
  void list(const std::string& name, std::vector<std::string>& values, const std::string& help,
            Need need = Need::optional);
  // Words without an option's name, all that there are; at least one where they are required.
  void words(const std::string& name, std::vector<std::string>& values, const std::string& help,
             Need need = Need::required);
  void flag(const std::string& name, bool& value, const std::string& help);
  // `name` says nothing without `other`.
  void depends(const std::string& name, const std::string& other);
  // Each is refused where the other is given.
  void excludes(const std::string& name, const std::string& other);
  // A line as a user types it, and what it does.
  void example(const std::string& line, const std::string& what);
  // Below the options in --help.
  void footer(const std::string& text);
  // What it does when it was chosen; returns the exit code.
  void does(std::function<int()> work);

 private:
  friend class CommandLine;
  // What CLI11 does not keep.
  struct More {
    std::map<const CLI::Option*, std::vector<std::string>> choices;
    std::set<const CLI::Option*> repeated;
    std::map<const CLI::App*, std::vector<Example>> examples;
  };
  Command(CLI::App& app, More& more, int& exit_code)
      : app_(app), more_(more), exit_code_(exit_code) {}

  CLI::App& app_;
  More& more_;
  int& exit_code_;
};

class CommandLine {
 public:
  CommandLine(const std::string& description, const std::string& version);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  Command add(const std::string& name, const std::string& help);
  // All that was added, for help, man pages and completion.
  ProgramInfo info() const;
  // Does what the words say, or prints the help or the version that they ask for. ConfigError where
  // they are wrong; what the command throws goes through.
  int run(int argc, char** argv);

 private:
  const std::string version_;
  std::unique_ptr<CLI::App> app_;
  Command::More more_;
  int exit_code_ = 0;
};

}  // namespace kproof::cli
