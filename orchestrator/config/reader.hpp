// Typed, strict access to YAML. Whatever is wrong goes to Problems with its place, and the caller
// gets an empty value and reads on.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "config/problems.hpp"
#include "util/units.hpp"

namespace kproof::config {

struct Value {
  YAML::Node node;
  YAML::Mark mark;   // of the value; of its key where the value is empty
  std::string name;  // the key, for messages
  YAML::Mark key;    // of the key itself; of the value where it has none
};
using MaybeValue = std::optional<Value>;

// A mapping. The constructor reports a value that is none, keys that are no words, duplicate keys
// (yaml-cpp keeps them silently) and, unless `known` is empty, keys that are not in it.
class Map {
 public:
  Map(Problems& problems, const Value& value, const std::vector<std::string>& known);

  const std::vector<Value>& entries() const { return entries_; }
  MaybeValue find(std::string_view key) const;
  MaybeValue require(std::string_view key) const;
  // A key was refused, perhaps a misspelt one: then what else lacks was said with it.
  bool has_refused() const { return entries_.size() < self_.node.size(); }

 private:
  void add(const YAML::Node& key, const YAML::Node& value, const std::vector<std::string>& known);

  Problems& problems_;
  Value self_;
  std::vector<Value> entries_;
};

struct SizeRange {
  std::uint64_t min = 0;
  std::uint64_t multiple = 1;
};

// Each is empty when `value` is, or when it is wrong (then reported).
std::optional<std::string> text(Problems& problems, const MaybeValue& value);
std::optional<unsigned> number(Problems& problems, const MaybeValue& value, unsigned min,
                               unsigned max);
std::optional<double> figure(Problems& problems, const MaybeValue& value);
std::optional<std::uint64_t> size(Problems& problems, const MaybeValue& value, SizeRange range);
std::optional<util::Millis> duration(Problems& problems, const MaybeValue& value);
// A pattern of RE2 (util/pattern.hpp).
std::optional<std::string> pattern(Problems& problems, const Value& value);
// An empty list is wrong: to say nothing, leave the key out. `name`: what messages call an item, if
// not by the list's key.
std::vector<Value> items(Problems& problems, const MaybeValue& value, std::string_view name = "");
std::vector<std::string> texts(Problems& problems, const MaybeValue& value);
std::vector<std::string> text_or_texts(Problems& problems, const MaybeValue& value);

// A word of the plan that becomes part of paths: [A-Za-z0-9._-]+ that does not start with a dot.
bool is_name(std::string_view word);
// Reports a word that is none, at `mark`.
bool check_name(Problems& problems, const YAML::Mark& mark, std::string_view name);

template <class To, class From>
void assign(To& to, std::optional<From> from) {
  if (from) to = std::move(*from);
}

}  // namespace kproof::config
