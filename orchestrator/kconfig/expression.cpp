#include "kconfig/expression.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kproof::kconfig {
using Kind = Expression::Kind;

Tri tri_of(std::string_view value) {
  return value == "y" ? Tri::yes : value == "m" ? Tri::module : Tri::no;
}

namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '/' ||
         c == '-';
}

// or := and ("||" and)*, and := not ("&&" not)*, not := "!" not | "(" or ")" | atom [op atom]
class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  Expression whole() {
    Expression expression = any();
    skip();
    if (!rest_.empty())
      throw std::invalid_argument(fmt::format("`{}` follows the expression", rest_));
    return expression;
  }

 private:
  void skip() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front())))
      rest_.remove_prefix(1);
  }
  bool take(std::string_view token) {
    skip();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  template <class Part>
  Expression chain(std::string_view token, Kind kind, Part part) {
    Expression first = part();
    if (!take(token)) return first;
    Expression list{kind, std::string(token), {std::move(first)}};
    do
      list.operands.push_back(part());
    while (take(token));
    return list;
  }
  Expression any() {
    return chain("||", Kind::any, [this] { return all(); });
  }
  Expression all() {
    return chain("&&", Kind::all, [this] { return negation(); });
  }
  Expression negation() {
    skip();
    if (!rest_.starts_with("!=") && take("!")) return {Kind::negation, "!", {negation()}};
    if (!take("(")) return comparison();
    Expression inner = any();
    if (!take(")")) throw std::invalid_argument("a `)` lacks");
    return inner;
  }
  Expression comparison() {
    Expression left = atom();
    for (const std::string_view sign : {"!=", "<=", ">=", "=", "<", ">"})
      if (take(sign)) return {Kind::comparison, std::string(sign), {std::move(left), atom()}};
    return left;
  }

  Expression atom() {
    skip();
    if (rest_.starts_with("$(")) return {Kind::macro, cut(macro_length())};
    if (rest_.starts_with('"') || rest_.starts_with('\'')) {
      const std::size_t end = rest_.find(rest_.front(), 1);
      if (end == std::string_view::npos) throw std::invalid_argument("a quote lacks its end");
      const std::string quoted = cut(end + 1);
      return {quoted.find("$(") == std::string::npos ? Kind::word : Kind::macro, quoted};
    }
    std::size_t length = 0;
    while (length < rest_.size() && is_word(rest_[length]))
      ++length;
    if (length == 0) throw std::invalid_argument(fmt::format("here must be a symbol: `{}`", rest_));
    return {Kind::word, cut(length)};
  }
  std::size_t macro_length() const {
    int depth = 0;
    for (std::size_t i = 1; i < rest_.size(); ++i)
      if (rest_[i] == '(')
        ++depth;
      else if (rest_[i] == ')' && --depth == 0)
        return i + 1;
    throw std::invalid_argument("a macro lacks its `)`");
  }
  std::string cut(std::size_t length) {
    std::string text(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return text;
  }

  std::string_view rest_;
};

bool is_quoted(const std::string& word) {
  return word.front() == '"' || word.front() == '\'';
}

// 64BIT and 8139TOO are symbols.
bool is_number(const std::string& word) {
  char* end = nullptr;
  std::strtol(word.c_str(), &end, 0);
  return std::isdigit(static_cast<unsigned char>(word.front())) && !*end;
}

// What a comparison compares: a constant as it stands, a symbol's value; quotes are no part of it.
std::string compared(const Expression& atom, const Values& values) {
  std::string text = atom.text;
  if (!is_quoted(text) && text != "y" && text != "m" && text != "n" && !is_number(text))
    text = value_of(values, text);
  if (text.size() >= 2 && is_quoted(text)) text = text.substr(1, text.size() - 2);
  return text;
}

bool holds(const std::string& left, const std::string& sign, const std::string& right) {
  char *left_end = nullptr, *right_end = nullptr;
  const long a = std::strtol(left.c_str(), &left_end, 0);
  const long b = std::strtol(right.c_str(), &right_end, 0);
  const bool numbers = !left.empty() && !right.empty() && !*left_end && !*right_end;
  const auto order = numbers ? (a > b) - (a < b) : left.compare(right);
  if (sign == "=") return order == 0;
  if (sign == "!=") return order != 0;
  if (sign == "<") return order < 0;
  if (sign == "<=") return order <= 0;
  return sign == ">" ? order > 0 : order >= 0;
}
}  // namespace

Expression parse_expression(std::string_view text) {
  return Parser(text).whole();
}

std::string to_string(const Expression& expression) {
  const auto& operands = expression.operands;
  const auto operand = [&](const Expression& inner) {
    const bool loose = inner.kind == Kind::any || inner.kind == Kind::all;
    return loose ? fmt::format("({})", to_string(inner)) : to_string(inner);
  };
  if (operands.empty()) return expression.text;
  if (expression.kind == Kind::negation) return "!" + operand(operands.front());
  const bool tight = expression.kind == Kind::comparison;
  const std::string sign = tight ? expression.text : fmt::format(" {} ", expression.text);
  std::string text = operand(operands.front());
  for (std::size_t i = 1; i < operands.size(); ++i)
    text += sign + operand(operands[i]);
  return text;
}

Tri evaluate(const Expression& expression, const Values& values) {
  const auto& operands = expression.operands;
  switch (expression.kind) {
    case Kind::macro:
      return Tri::yes;
    case Kind::word:
      return tri_of(compared(expression, values));
    case Kind::negation:
      return Tri(2 - static_cast<int>(evaluate(operands[0], values)));
    case Kind::comparison:
      return holds(compared(operands[0], values), expression.text, compared(operands[1], values))
                 ? Tri::yes
                 : Tri::no;
    default:
      break;
  }
  const bool all = expression.kind == Kind::all;
  Tri result = all ? Tri::yes : Tri::no;
  for (const Expression& operand : operands)
    result = all ? std::min(result, evaluate(operand, values))
                 : std::max(result, evaluate(operand, values));
  return result;
}

std::vector<const Expression*> unmet(const Expression& expression, const Values& values,
                                     Tri wanted) {
  if (expression.kind != Kind::all)
    return evaluate(expression, values) < wanted ? std::vector{&expression}
                                                 : std::vector<const Expression*>{};
  std::vector<const Expression*> parts;
  for (const Expression& operand : expression.operands)
    for (const Expression* part : unmet(operand, values, wanted))
      parts.push_back(part);
  return parts;
}

static void add_words(const Expression& expression, std::vector<std::string>& words) {
  if (expression.operands.empty() && !is_quoted(expression.text) &&
      std::find(words.begin(), words.end(), expression.text) == words.end())
    words.push_back(expression.text);
  for (const Expression& operand : expression.operands)
    add_words(operand, words);
}

std::vector<std::string> words_of(const Expression& expression) {
  std::vector<std::string> words;
  add_words(expression, words);
  return words;
}

}  // namespace kproof::kconfig
