#include "kconfig/fragment.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <re2/re2.h>

#include "kconfig/lines.hpp"
#include "util/error.hpp"

namespace kproof::kconfig {
namespace {

constexpr std::string_view kPrefix = "CONFIG_", kUnset = " is not set", kOptional = "# optional";

struct Problem {
  std::size_t column;  // from 0
  std::string message;
};

bool is_symbol(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
  });
}

bool is_value(const std::string& value) {
  static const RE2 form(R"re(y|m|n|-?\d+|0[xX][0-9a-fA-F]+|"([^"\\]|\\.)*")re", RE2::Latin1);
  return RE2::FullMatch(value, form);
}

// Reads the lines of one fragment; what is wrong is collected.
class FragmentReader {
 public:
  explicit FragmentReader(const std::string& file) : file_(file) {
    fragment_.name = std::filesystem::path(file).stem().string();
  }

  void read(std::string_view line) {
    ++number_;
    line_ = line;
    if (number_ == 1 && !line.starts_with("# "))
      return complain({0, "the first line must be a comment that says what the fragment is for"});
    if (number_ == 1) return fragment_.purpose.assign(line.substr(2)), void();
    const bool wish = std::exchange(optional_, line.starts_with(kOptional));
    if (line.empty()) return;
    const auto problem = line.front() == '#' ? comment(line, wish) : assignment(line, wish);
    if (problem) complain(*problem);
  }

  Fragment finish() {
    if (number_ == 0) complain({0, "the fragment is empty"});
    if (!problems_.empty())
      throw ConfigError(fmt::format("{}", fmt::join(problems_, "\n")),
                        "lines are as in a .config: CONFIG_KVM=y, # CONFIG_KVM is not set");
    return std::move(fragment_);
  }

 private:
  std::optional<Problem> comment(std::string_view line, bool wish) {
    constexpr std::string_view start = "# CONFIG_";
    if (!line.starts_with(start)) return std::nullopt;
    const std::size_t end = line.find_first_of(" =", start.size());
    if (end == std::string_view::npos || line.substr(end) != kUnset)
      return Problem{std::min(end, line.size()),
                     "neither a comment nor \"# CONFIG_... is not set\""};
    return add(std::string(line.substr(start.size(), end - start.size())), "n", start.size(), wish);
  }

  std::optional<Problem> assignment(std::string_view line, bool wish) {
    if (!line.starts_with(kPrefix)) return Problem{0, "a line must start with CONFIG_ or #"};
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return Problem{line.size(), "here must be `=`"};
    const std::string value(line.substr(equals + 1));
    if (!is_value(value))
      return Problem{equals + 1, "a value is y, m, n, a number or a text in quotes"};
    return add(std::string(line.substr(kPrefix.size(), equals - kPrefix.size())), value,
               kPrefix.size(), wish);
  }

  std::optional<Problem> add(std::string symbol, std::string value, std::size_t column, bool wish) {
    if (!is_symbol(symbol)) return Problem{column, "this is no name of a symbol"};
    const std::string place = fmt::format("{}:{}", file_, number_);
    const auto [first, fresh] = places_.emplace(symbol, place);
    if (!fresh) return Problem{column, fmt::format("already asked for at {}", first->second)};
    fragment_.requests.push_back({std::move(symbol), std::move(value), wish, place});
    return std::nullopt;
  }

  void complain(const Problem& problem) {
    problems_.push_back(fmt::format("{}:{}:{}: {}\n{:5} | {}\n      | {:>{}}", file_, number_,
                                    problem.column + 1, problem.message, number_, line_, '^',
                                    problem.column + 1));
  }

  const std::string& file_;
  Fragment fragment_;
  std::size_t number_ = 0;
  std::string_view line_;
  bool optional_ = false;
  std::map<std::string, std::string> places_;
  std::vector<std::string> problems_;
};
}  // namespace

Fragment parse_fragment(std::string_view text, const std::string& file) {
  FragmentReader reader(file);
  for (const std::string_view line : lines_of(text))
    reader.read(line);
  return reader.finish();
}

}  // namespace kproof::kconfig
