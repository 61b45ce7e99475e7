#include "cli/completion.hpp"

#include <algorithm>
#include <optional>

namespace kproof::cli {

static const OptionInfo* find_option(const std::vector<OptionInfo>& options,
                                     const std::string& word) {
  for (const OptionInfo& option : options)
    if (!option.positional && std::ranges::count(option.names, word) > 0) return &option;
  return nullptr;
}

namespace {
// One command's line, up to the word that is completed.
class Line {
 public:
  Line(const CommandInfo& command, const std::vector<std::string>& words) : command_(command) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::string& word = words[i];
      if (!word.starts_with("-")) {
        arguments_.push_back(word);
      } else if (const OptionInfo* option = find_option(command.options, word)) {
        given_.push_back(option);
        if (option->value.empty()) continue;
        if (++i == words.size())
          open_ = option;
        else if (word == "--plan")
          plan_ = words[i];
      }
    }
  }
  // The option whose value is to come.
  const OptionInfo* open() const { return open_; }
  std::string plan() const {
    if (!plan_.empty()) return plan_;
    const OptionInfo* first = argument(0);
    return first && first->names.front() == "PLAN" && !arguments_.empty() ? arguments_.front() : "";
  }
  const OptionInfo* next_argument() const { return argument(arguments_.size()); }
  bool may_come(const OptionInfo& option) const {
    return !option.positional && (option.repeated || std::ranges::count(given_, &option) == 0);
  }

 private:
  const OptionInfo* argument(std::size_t index) const {
    const OptionInfo* last = nullptr;
    for (const OptionInfo& option : command_.options)
      if (option.positional) {
        last = &option;
        if (index-- == 0) return last;
      }
    return last && last->repeated ? last : nullptr;
  }
  const CommandInfo& command_;
  std::vector<std::string> arguments_;
  std::vector<const OptionInfo*> given_;
  const OptionInfo* open_ = nullptr;
  std::string plan_;  // of --plan
};
}  // namespace

static void offer(Completion& completion, const std::string& begun, Candidate candidate) {
  if (candidate.word.starts_with(begun)) completion.candidates.push_back(std::move(candidate));
}

// Anything that is no word of ours may be a file.
static Completion values_for(const OptionInfo& option, const std::string& plan,
                             const std::string& begun, const ValuesOf& values) {
  Completion completion;
  for (const std::string& choice : option.choices)
    offer(completion, begun, {choice, ""});
  if (!option.choices.empty() || option.value == "N") return completion;
  for (Candidate& candidate : values(option.names.back(), plan))
    offer(completion, begun, std::move(candidate));
  completion.files = completion.candidates.empty() || option.names.back() == "PLAN";
  return completion;
}

static Completion commands_for(const ProgramInfo& program, const std::string& begun, bool top) {
  Completion completion;
  for (const CommandInfo& command : program.commands)
    offer(completion, begun, {command.name, command.help});
  if (!top) return completion;
  offer(completion, begun, {"help", "All options of a command"});
  if (begun.starts_with("-"))
    for (const OptionInfo& option : program.options)
      for (const std::string& name : option.names)
        offer(completion, begun, {name, option.help});
  return completion;
}

// "--kernel=deb" is completed as "--kernel deb", with what stands in front kept.
static Completion within_equals(const CommandInfo& command, const Line& line,
                                const std::string& begun, const ValuesOf& values) {
  const std::size_t equals = begun.find('=');
  const OptionInfo* option = find_option(command.options, begun.substr(0, equals));
  if (!option) return {};
  Completion completion = values_for(*option, line.plan(), begun.substr(equals + 1), values);
  for (Candidate& candidate : completion.candidates)
    candidate.word.insert(0, begun.substr(0, equals + 1));
  completion.files = false;
  return completion;
}

Completion complete(const ProgramInfo& program, std::vector<std::string> words,
                    const ValuesOf& values) {
  if (!words.empty() && words.back() == "=") words.back().clear();
  std::erase(words, "=");  // bash breaks words there
  std::string begun = words.empty() ? "" : words.back();
  if (!words.empty()) words.pop_back();
  if (words.empty()) return commands_for(program, begun, true);
  if (words.front() == "help")
    return words.size() == 1 ? commands_for(program, begun, false) : Completion{};
  const CommandInfo* command = find_command(program, words.front());
  if (!command) return {};
  words.erase(words.begin());
  const Line line(*command, words);
  if (line.open()) return values_for(*line.open(), line.plan(), begun, values);
  if (begun.starts_with("-")) {
    if (begun.find('=') != begun.npos) return within_equals(*command, line, begun, values);
    Completion completion;
    for (const OptionInfo& option : command->options)
      if (line.may_come(option))
        for (const std::string& name : option.names)
          offer(completion, begun, {name, option.help});
    return completion;
  }
  const OptionInfo* argument = line.next_argument();
  return argument ? values_for(*argument, line.plan(), begun, values) : Completion{};
}

std::string to_lines(const Completion& completion) {
  std::string lines;
  for (const Candidate& candidate : completion.candidates)
    lines += candidate.word + (candidate.what.empty() ? "" : "\t" + candidate.what) + "\n";
  return completion.files ? lines + ":files\n" : lines;
}

}  // namespace kproof::cli
