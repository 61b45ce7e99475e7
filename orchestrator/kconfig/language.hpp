// The Kconfig files of a source tree, as far as needed to say why a symbol is not what was asked.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kconfig/expression.hpp"

namespace kproof::kconfig {

struct Default {
  Expression value, when;  // "y" without a condition
};

struct Definition {
  std::string place;                // "mm/Kconfig:870"
  bool prompt = false;              // else nobody can set it by hand
  std::vector<Expression> depends;  // its own, and those of the menus, ifs and choices around it
  std::vector<Expression> visible;  // when its prompt is shown: `bool "..." if EXPERT`
  std::vector<Default> defaults;
  std::optional<std::size_t> choice;  // index into Language::choices
};

struct Selection {
  std::string by;   // the symbol that selects
  Expression when;  // "y" without a condition
};

struct Symbol {
  std::vector<Definition> definitions;
  std::vector<Selection> selected;
};

struct Choice {
  std::string prompt, place;
  std::vector<std::string> members;
};

struct Language {
  std::map<std::string, Symbol, std::less<>> symbols;
  std::vector<Choice> choices;
  std::vector<std::string> unread;  // "file:line: why" of lines that were not understood
};

// The content of a file of the tree, empty when it does not exist.
using ReadFile = std::function<std::optional<std::string>(const std::string& path)>;

// Follows `source` from `Kconfig` on, for the architecture x86.
Language read_language(const ReadFile& read);

}  // namespace kproof::kconfig
