// What two .configs of one source differ in, as choices that can be made one by one. Pure.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kconfig/dotconfig.hpp"
#include "kconfig/fragment.hpp"
#include "kconfig/language.hpp"
#include "kconfig/verify.hpp"

namespace kproof::kconfig {

// One symbol that has another value. "n" for what is off or not there.
struct Option {
  std::string symbol, good, bad;
};

// Symbols that only change together: members of one choice, or such that each needs the other.
struct Group {
  std::vector<Option> options;
  // Groups, told by their index, which this one cannot be without: their bad values with its bad
  // values. By dependencies, by what selects it and what it selects.
  std::set<std::size_t> needs;
  // What its dependencies speak of, directly or through symbols that nobody sets.
  std::set<std::size_t> likely_needs;
};

struct Difference {
  std::vector<Group> groups;      // each behind those that it needs, as far as there is no cycle
  std::vector<Option> following;  // have no prompt that anybody sees: what the others make of them
  std::size_t size() const;       // symbols, of both
};

// Both are finished, of `make olddefconfig` with the same source.
struct Ends {
  std::string good, bad;
};
Difference difference(const Ends& ends, const Language& language);

// The good config with the bad values of these groups, for `make olddefconfig`.
std::string mixed(const Ends& ends, const Difference& difference,
                  const std::set<std::size_t>& groups);

// What of that a finished config has otherwise, and why; empty where it is as it was asked: each
// symbol of a group has the value of its end, and what both ends have in common is as they have it.
// Symbols that follow are as they come, and so is a number or text at an end that does not have it.
std::vector<Lost> departures(const Ends& ends, const Difference& difference,
                             const std::set<std::size_t>& groups, const std::string& finished,
                             const Language& language);

}  // namespace kproof::kconfig
