// Patches, and how far they are applied.
#pragma once

#include <cstddef>
#include <vector>

#include "patch/patch.hpp"

namespace kproof::source {

// A series and how much of it is built. All of it must apply, so that none is built by half.
struct Patches {
  const std::vector<patch::Patch>& series;
  std::size_t applied = series.size();

  std::vector<patch::Patch> first() const {
    return {series.begin(), series.begin() + static_cast<std::ptrdiff_t>(applied)};
  }
};

}  // namespace kproof::source
