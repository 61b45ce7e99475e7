// What goes from a cache, and what stays. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/entry.hpp"

namespace kproof::cache {

// How large a cache may be where nobody says so: a fifth of its file system, and less where that
// would leave less than a twentieth of it free. All in bytes; `cached`: what the cache has now.
std::uint64_t usual_budget(std::uint64_t capacity, std::uint64_t available, std::uint64_t cached);

// Of $KPROOF_CACHE_BUDGET and --cache-budget: "20G", or "15%" of a file system of `capacity`.
// ConfigError, which names `source`.
std::uint64_t parse_budget(std::string_view text, std::string_view source, std::uint64_t capacity);

struct Choice {
  std::vector<std::size_t> going;  // indices, in the order in which they are to go
  std::uint64_t before = 0;        // bytes of what is replaceable
  std::uint64_t after = 0;         // above the budget where all that is left is held
};

// Leftovers, and then what was used least recently, until the rest is within `budget`. Never what
// is held, nor a tree of which a part is.
Choice choose(const std::vector<Entry>& entries, std::uint64_t budget);

// All of one kind that is not held, or all that is replaceable.
Choice choose_all(const std::vector<Entry>& entries, std::optional<Kind> kind);

}  // namespace kproof::cache
