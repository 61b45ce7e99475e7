// A cell that runs again where the emulator or this host may have failed, and no kernel
// (verdict/doubt.hpp).
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "model/result.hpp"
#include "verdict/doubt.hpp"

namespace kproof::sweep {

struct Attempt {
  model::CellResult result;
  verdict::Doubt doubt;
};

// Where an attempt leaves its logs.
struct AttemptPlace {
  std::filesystem::path out;  // the run's directory
  std::string cell;           // below it: "cells/debian-6.1/l1/mm/thp_mprotect"
};

// Runs `once`, with 0, 1 and so on, until an attempt counts or there have been enough. One that
// does not count is told in the result, and its directory becomes <cell>.attempt-<1, 2>; what an
// earlier run left there is removed. Nothing if `once` gives nothing: it was stopped.
std::optional<model::CellResult> attempt_until_one_counts(
    const AttemptPlace& place, const std::function<std::optional<Attempt>(unsigned)>& once);

}  // namespace kproof::sweep
