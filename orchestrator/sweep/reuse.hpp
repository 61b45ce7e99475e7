// Cells that need not run again.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/result.hpp"
#include "sweep/prepare.hpp"

namespace kproof::sweep {

struct Earlier {
  std::optional<model::CellResult> kept;
  std::string why_again;  // a finished result is there, and this keeps it from being taken
};

// The finished result of an earlier run in the same directory, if all that goes into the cell is
// the same (inputs.hpp). A miss or broken is never kept: what could not be proven or seen may have
// been the host's doing, and to try again can hide nothing. A cell.json that cannot be read counts
// as none.
Earlier earlier_result(const PreparedCell& cell, const std::filesystem::path& out);

// "why: 3 cells run again (k/l1/a, k/l1/b, k/l1/c)", a line for each reason. Pure.
std::vector<std::string> told_again(
    const std::vector<std::pair<std::string, std::string>>& why_and_cell);

}  // namespace kproof::sweep
