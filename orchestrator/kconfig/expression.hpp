// Dependency expressions of the Kconfig language (Documentation/kbuild/kconfig-language.rst).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kconfig/dotconfig.hpp"

namespace kproof::kconfig {

enum class Tri { no, module, yes };
Tri tri_of(std::string_view value);  // y, m; all else is no, as kconfig has it

struct Expression {
  enum class Kind { word, macro, negation, all, any, comparison };
  Kind kind = Kind::word;
  std::string text;  // the word; the macro, "$(cc-option,-pg)"; the operator: "!="
  std::vector<Expression> operands{};
};

// Throws std::invalid_argument, with what is wrong, for what is no expression.
Expression parse_expression(std::string_view text);
std::string to_string(const Expression& expression);

// A word that is no constant has its value in `values`. What a macro asks the compiler only make
// knows: it counts as yes here.
Tri evaluate(const Expression& expression, const Values& values);

// The operands of the outermost && (the expression itself when there is none) that are below
// `wanted`.
std::vector<const Expression*> unmet(const Expression& expression, const Values& values,
                                     Tri wanted);

// All symbols and macros in it, each once.
std::vector<std::string> words_of(const Expression& expression);

}  // namespace kproof::kconfig
