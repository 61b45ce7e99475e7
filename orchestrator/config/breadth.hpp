// Patterns and globs that match more than their author can mean. Never wrong, so what they tell is
// a warning.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/reader.hpp"

namespace kproof::config {

// What a pattern is searched in.
// `known`: the titles of findings that are accepted wherever they come from.
enum class Searched { title, known, subtest, reason };

// A pattern that is found in texts which have nothing to do with each other; of known titles, in
// those of any function.
void warn_of_breadth(Problems& problems, const Value& value, const std::string& pattern,
                     Searched searched);

// "debian-6.1*", which is debian-6.1 and its kin, and debian-6.12 too.
void warn_of_glob(Problems& problems, const Value& value, const std::string& glob,
                  const std::vector<std::string>& names);

}  // namespace kproof::config
