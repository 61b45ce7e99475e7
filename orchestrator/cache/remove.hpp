// Takes entries out of a cache.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/choice.hpp"

namespace kproof::cache {

struct Removed {
  std::size_t entries = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> refused;  // "/a/b: somebody uses it now", one for each that stays
};

// Those of `choice`. Each is renamed first and removed then, so that kill -9 leaves a leftover and
// never half of an entry; one that is used by now stays. `say` is told of each before it goes.
Removed remove(const std::vector<Entry>& entries, const Choice& choice,
               const std::function<void(const Entry&)>& say);

// look(), choose() and remove(): what a run does when it has made something new. `say` is told only
// where something goes, and where all that is left is in use and too much. `option`: budget_of().
void keep_within(const std::filesystem::path& cache, const std::string& option,
                 const std::function<void(std::string_view)>& say);

// Of $KPROOF_CACHE_BUDGET, or of `option` where that is not "", else usual_budget(). ConfigError.
std::uint64_t budget_of(const std::filesystem::path& cache, const std::string& option,
                        std::uint64_t cached);

// "2.9G", for eyes.
std::string size_in_words(std::uint64_t bytes);

}  // namespace kproof::cache
