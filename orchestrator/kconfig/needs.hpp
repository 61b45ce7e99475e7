// Which of the symbols that two configs differ in need each other. Internal to kconfig/.
#pragma once

#include <cstddef>
#include <set>
#include <vector>

#include "kconfig/difference.hpp"

namespace kproof::kconfig {

// By the index of an option: those whose bad values it needs for its own.
struct Needs {
  std::vector<std::set<std::size_t>> hard, likely;
};
Needs needs_of(const std::vector<Option>& options, const Values& good, const Values& bad,
               const Language& language);

// Are the dependencies and the condition of the prompt met, for m at least?
bool is_visible(const Definition& definition, const Values& values);

}  // namespace kproof::kconfig
