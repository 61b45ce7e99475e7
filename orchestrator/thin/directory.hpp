// Run directories on the disk: what is in them, and how it goes.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "thin/choice.hpp"

namespace kproof::thin {

// What the directory of a run holds. Names come from the disk and none from results.json, and no
// link is followed, so that nothing outside of it is ever named. HostError where it cannot be read.
OldRun look(const std::filesystem::path& directory);

struct Removed {
  std::uint64_t bytes = 0;
  std::vector<std::string> refused;  // why something stays
};

// Each file by itself, and nothing else: killed at any moment, it has removed some of them, and the
// next time removes the rest. A run that a process works on is left alone. `before` hears of each
// file just before it goes.
Removed remove(const Choice& choice,
               const std::function<void(const std::filesystem::path&)>& before = {});

}  // namespace kproof::thin
