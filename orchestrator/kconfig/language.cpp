#include "kconfig/language.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "kconfig/lines.hpp"

namespace kproof::kconfig {
namespace {

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Tabs go to the next column of 8, as kconfig's own lexer counts the indentation of help.
std::size_t indentation(std::string_view line) {
  std::size_t column = 0;
  for (const char c : line)
    if (c == '\t')
      column = (column | 7) + 1;
    else if (c == ' ')
      ++column;
    else
      break;
  return column;
}

// The line without a comment that is outside quotes.
std::string_view without_comment(std::string_view line) {
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i)
    if (quote ? line[i] == quote : line[i] == '"' || line[i] == '\'')
      quote = quote ? 0 : line[i];
    else if (line[i] == '#' && !quote)
      return line.substr(0, i);
  return line;
}

// `"text" if EXPR` or `WORD if EXPR` -> what stands before, and EXPR; " if " in quotes is text.
std::pair<std::string_view, std::string_view> split_if(std::string_view text) {
  std::size_t from = 0;
  if (!text.empty() && (text.front() == '"' || text.front() == '\''))
    from = std::min(text.find(text.front(), 1), text.size() - 1);
  const std::size_t at = text.find(" if ", from);
  if (at == std::string_view::npos) return {text, ""};
  return {trim(text.substr(0, at)), trim(text.substr(at + 4))};
}

std::string unquoted(std::string_view text) {
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\''))
    return std::string(text.substr(1, text.size() - 2));
  return std::string(text);
}

class LanguageReader {
 public:
  explicit LanguageReader(const ReadFile& read) : read_(read) {}

  Language whole() {
    file("Kconfig");
    return std::move(language_);
  }

 private:
  // menu, if or choice.
  struct Block {
    std::vector<Expression> depends;
    std::optional<std::size_t> choice;
  };

  void file(const std::string& path) {
    if (++depth_ > 32) return;  // deeper than any tree: it sources itself
    if (const auto text = read_(path)) {
      const auto lines = lines_of(*text);
      for (std::size_t at = 0; at < lines.size(); ++at)
        at = line_at(lines, at, path);
    }
    --depth_;
  }

  // Reads the line, with its continuations or its help; gives the index of its last.
  std::size_t line_at(const std::vector<std::string_view>& lines, std::size_t at,
                      const std::string& path) {
    place_ = fmt::format("{}:{}", path, at + 1);
    std::string line(without_comment(lines[at]));
    while (line.ends_with('\\') && at + 1 < lines.size()) {
      line.pop_back();
      line += without_comment(lines[++at]);
    }
    const std::string_view text = trim(line);
    if (text == "help" || text == "---help---") return end_of_help(lines, at);
    const std::size_t space = std::min(text.find_first_of(" \t\""), text.size());
    try {
      if (!text.empty()) statement(text.substr(0, space), trim(text.substr(space)));
    } catch (const std::invalid_argument& error) {
      language_.unread.push_back(fmt::format("{}: {}", place_, error.what()));
    }
    return at;
  }

  // Help is what is indented at least as far as its first line; kconfig-language.rst, "help".
  static std::size_t end_of_help(const std::vector<std::string_view>& lines, std::size_t at) {
    std::size_t indent = 0;
    for (; at + 1 < lines.size(); ++at) {
      if (trim(lines[at + 1]).empty()) continue;
      const std::size_t column = indentation(lines[at + 1]);
      if (indent == 0 ? column == 0 : column < indent) break;
      if (indent == 0) indent = column;
    }
    return at;
  }

  void statement(std::string_view word, std::string_view rest) {
    if (word == "config" || word == "menuconfig") return begin_symbol(std::string(rest));
    if (word == "choice") return begin_choice();
    if (word == "menu" || word == "comment") return begin_menu(word == "menu");
    if (word == "if") return blocks_.push_back({{parse_expression(rest)}, choice()}), leave();
    if (word == "endif" || word == "endmenu" || word == "endchoice") return end_block();
    if (word.ends_with("source")) return source(word, rest);
    attribute(word, rest);
  }

  void begin_symbol(std::string name) {
    leave();
    symbol_ = &language_.symbols[name];
    name_ = std::move(name);
    Definition definition{.place = place_, .choice = choice()};
    for (const Block& block : blocks_)
      definition.depends.insert(definition.depends.end(), block.depends.begin(),
                                block.depends.end());
    symbol_->definitions.push_back(std::move(definition));
    if (const auto index = choice()) language_.choices[*index].members.push_back(name_);
  }
  void begin_choice() {
    leave();
    language_.choices.push_back({.prompt = "", .place = place_});
    blocks_.push_back({{}, language_.choices.size() - 1});
    in_header_ = true;
  }
  void begin_menu(bool block) {
    leave();
    in_header_ = block;
    if (block) blocks_.push_back({{}, choice()});
  }
  void end_block() {
    leave();
    if (!blocks_.empty()) blocks_.pop_back();
  }
  // What follows is no attribute of the symbol or block before.
  void leave() {
    symbol_ = nullptr;
    in_header_ = false;
  }
  std::optional<std::size_t> choice() const {
    return blocks_.empty() ? std::nullopt : blocks_.back().choice;
  }

  // source, rsource, osource, orsource: r is relative to the file, o need not exist.
  void source(std::string_view word, std::string_view rest) {
    leave();
    std::string path = unquoted(rest);
    for (const auto& [name, value] : {std::pair{"$(SRCARCH)", "x86"}, std::pair{"$SRCARCH", "x86"}})
      if (const std::size_t at = path.find(name); at != std::string::npos)
        path.replace(at, std::string_view(name).size(), value);
    const std::string here = place_.substr(0, place_.rfind(':'));
    const std::size_t slash = here.rfind('/');
    if (word.find('r') == 0 || word.starts_with("or"))
      path = (slash == std::string::npos ? "" : here.substr(0, slash + 1)) + path;
    file(path);
  }

  void attribute(std::string_view word, std::string_view rest) {
    if (word == "depends" && rest.starts_with("on")) return depends(trim(rest.substr(2)));
    if (in_header_ && word == "prompt") language_.choices.back().prompt = unquoted(rest);
    // Of a choice: bool "Preemption Model".
    if (in_header_ && choice() && (word == "bool" || word == "tristate") && !rest.empty())
      language_.choices[*choice()].prompt = unquoted(split_if(rest).first);
    if (!symbol_) return;
    for (const char* type : {"bool", "tristate", "int", "hex", "string", "prompt"})
      if (word == type && !rest.empty()) return prompt(rest);
    if (word == "default" || word.starts_with("def_")) defaults(rest);
    if (word == "select") {
      const auto [name, condition] = split_if(rest);
      language_.symbols[std::string(name)].selected.push_back(
          {name_, parse_expression(condition.empty() ? "y" : condition)});
    }
  }

  void depends(std::string_view text) {
    Expression expression = parse_expression(text);
    if (symbol_)
      symbol_->definitions.back().depends.push_back(std::move(expression));
    else if (in_header_ && !blocks_.empty())
      blocks_.back().depends.push_back(std::move(expression));
  }

  void defaults(std::string_view rest) {
    const auto [value, condition] = split_if(rest);
    symbol_->definitions.back().defaults.push_back(
        {parse_expression(value), parse_expression(condition.empty() ? "y" : condition)});
  }

  void prompt(std::string_view rest) {
    Definition& definition = symbol_->definitions.back();
    definition.prompt = true;
    const auto condition = split_if(rest).second;
    if (!condition.empty()) definition.visible.push_back(parse_expression(condition));
  }

  const ReadFile& read_;
  Language language_;
  std::vector<Block> blocks_;
  Symbol* symbol_ = nullptr;
  std::string name_, place_;
  bool in_header_ = false;  // of a menu or choice, where its own attributes stand
  int depth_ = 0;
};
}  // namespace

Language read_language(const ReadFile& read) {
  return LanguageReader(read).whole();
}

}  // namespace kproof::kconfig
