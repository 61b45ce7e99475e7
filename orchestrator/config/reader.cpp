#include "config/reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "util/names.hpp"
#include "util/pattern.hpp"

namespace kproof::config {

// The first line of a text, which may be a whole file that is no plan.
static std::string quoted(const std::string& text) {
  constexpr std::size_t kShown = 60;
  const std::string line = text.substr(0, std::min(text.find('\n'), kShown));
  return fmt::format("`{}`{}", line, line.size() < text.size() ? "..." : "");
}

static std::string describe(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Scalar:
      return quoted(node.Scalar());
    case YAML::NodeType::Sequence:
      return "a list";
    case YAML::NodeType::Map:
      return "a mapping";
    default:
      return "nothing";
  }
}

static void wrong_type(Problems& problems, const Value& value, std::string_view wanted) {
  problems.add(value.mark,
               fmt::format("`{}` must be {}, not {}", value.name, wanted, describe(value.node)));
}

// A key that a matrix put together has no place of its own.
static Value entry(std::string name, const YAML::Mark& key, const YAML::Node& node) {
  return {node, node.IsNull() ? key : node.Mark(), std::move(name),
          key.is_null() ? node.Mark() : key};
}

Map::Map(Problems& problems, const Value& value, const std::vector<std::string>& known)
    : problems_(problems), self_(value) {
  if (!value.node.IsMap()) {
    wrong_type(problems, value, "a mapping");
    return;
  }
  for (const auto& pair : value.node)
    add(pair.first, pair.second, known);
}

void Map::add(const YAML::Node& key, const YAML::Node& value,
              const std::vector<std::string>& known) {
  if (!key.IsScalar())
    return problems_.add(key.IsNull() ? self_.mark : key.Mark(),
                         fmt::format("a key of `{}` must be a word", self_.name));
  const std::string& word = key.Scalar();
  if (const auto first = find(word))
    return problems_.add(
        key.Mark(), fmt::format("duplicate key `{}`", word),
        fmt::format("its first value is at {}; remove one", problems_.place(first->mark)));
  if (!known.empty() && std::find(known.begin(), known.end(), word) == known.end())
    return problems_.add(key.Mark(), fmt::format("unknown key `{}` in `{}`", word, self_.name),
                         util::suggest(word, known, "keys"));
  entries_.push_back(entry(word, key.Mark(), value));
}

MaybeValue Map::find(std::string_view key) const {
  for (const auto& value : entries_)
    if (value.name == key) return value;
  return std::nullopt;
}

MaybeValue Map::require(std::string_view key) const {
  auto value = find(key);
  // A value that is no mapping was reported as that.
  if (!value && self_.node.IsMap())
    problems_.add(self_.mark, fmt::format("`{}` lacks the key `{}`", self_.name, key),
                  fmt::format("add `{}:` to it", key));
  return value;
}

std::optional<std::string> text(Problems& problems, const MaybeValue& value) {
  if (!value) return std::nullopt;
  if (value->node.IsScalar() && !value->node.Scalar().empty()) return value->node.Scalar();
  wrong_type(problems, *value, "a text that is not empty");
  return std::nullopt;
}

std::optional<unsigned> number(Problems& problems, const MaybeValue& value, unsigned min,
                               unsigned max) {
  if (!value) return std::nullopt;
  const std::string digits = value->node.IsScalar() ? value->node.Scalar() : "";
  unsigned n = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  const bool whole = error == std::errc() && end == digits.data() + digits.size();
  if (whole && n >= min && n <= max) return n;
  wrong_type(problems, *value, fmt::format("a whole number from {} to {}", min, max));
  return std::nullopt;
}

std::optional<double> figure(Problems& problems, const MaybeValue& value) {
  if (!value) return std::nullopt;
  const std::string digits = value->node.IsScalar() ? value->node.Scalar() : "";
  double n = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  if (error == std::errc() && end == digits.data() + digits.size() && std::isfinite(n)) return n;
  wrong_type(problems, *value, "a number, such as 4 or 0.5");
  return std::nullopt;
}

std::optional<std::uint64_t> size(Problems& problems, const MaybeValue& value, SizeRange range) {
  if (!value) return std::nullopt;
  const auto bytes = value->node.IsScalar() ? util::parse_size(value->node.Scalar()) : std::nullopt;
  if (!bytes) {
    wrong_type(problems, *value, "a size such as 512M or 2G");
  } else if (*bytes < range.min || *bytes % range.multiple != 0) {
    const std::string multiple =
        range.multiple > 1 ? " and a multiple of " + util::format_size(range.multiple) : "";
    problems.add(value->mark,
                 fmt::format("`{}` must be at least {}{}, not {}", value->name,
                             util::format_size(range.min), multiple, value->node.Scalar()));
  } else {
    return bytes;
  }
  return std::nullopt;
}

std::optional<util::Millis> duration(Problems& problems, const MaybeValue& value) {
  if (!value) return std::nullopt;
  const auto time =
      value->node.IsScalar() ? util::parse_duration(value->node.Scalar()) : std::nullopt;
  if (time && time->count() > 0) return time;
  wrong_type(problems, *value, "a duration above 0 with its unit, such as 500ms, 20s or 5m");
  return std::nullopt;
}

std::optional<std::string> pattern(Problems& problems, const Value& value) {
  // Messages quote it.
  constexpr std::size_t kLongest = 1000;
  const auto word = text(problems, value);
  if (!word) return std::nullopt;
  if (word->size() > kLongest) {
    problems.add(value.mark, fmt::format("a pattern has at most {} bytes", kLongest),
                 "match a shorter part of the title");
    return std::nullopt;
  }
  try {
    const util::Pattern compiled(*word);
    return word;
  } catch (const util::PatternError& error) {
    problems.add(problems.inside(value.mark, *word, error.at), error.what(), error.hint());
    return std::nullopt;
  }
}

std::vector<Value> items(Problems& problems, const MaybeValue& value, std::string_view name) {
  std::vector<Value> list;
  if (!value) return list;
  if (!value->node.IsSequence()) {
    wrong_type(problems, *value, "a list");
    return list;
  }
  for (const auto& item : value->node)
    list.push_back(entry(name.empty() ? value->name : std::string(name), value->mark, item));
  if (list.empty())
    problems.add(value->mark, fmt::format("`{}` is an empty list", value->name),
                 "name at least one, or leave the key out");
  return list;
}

std::vector<std::string> texts(Problems& problems, const MaybeValue& value) {
  std::vector<std::string> list;
  for (const auto& item : items(problems, value))
    if (auto word = text(problems, item)) list.push_back(std::move(*word));
  return list;
}

std::vector<std::string> text_or_texts(Problems& problems, const MaybeValue& value) {
  if (!value || value->node.IsSequence()) return texts(problems, value);
  const auto one = text(problems, value);
  return one ? std::vector{*one} : std::vector<std::string>{};
}

bool is_name(std::string_view word) {
  constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  return !word.empty() && word[0] != '.' &&
         word.find_first_not_of(allowed) == std::string_view::npos;
}

bool check_name(Problems& problems, const YAML::Mark& mark, std::string_view name) {
  if (is_name(name)) return true;
  problems.add(mark, fmt::format("`{}` cannot be a name: it becomes part of paths", name),
               "use letters, digits, `.`, `_` and `-`, and no dot at the start");
  return false;
}

}  // namespace kproof::config
