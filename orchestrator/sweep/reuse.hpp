// Cells that need not run again.
#pragma once

#include <filesystem>
#include <optional>

#include "model/result.hpp"
#include "sweep/prepare.hpp"

namespace kproof::sweep {

// The finished result of an earlier run in the same directory, if all that goes into the cell is
// the same: kernel, image, command line, topology, arguments, expectation, accelerator, QEMU and
// kproof itself. Broken cells always run again. A cell.json that cannot be read counts as none.
std::optional<model::CellResult> earlier_result(const PreparedCell& cell,
                                                const std::filesystem::path& out);

}  // namespace kproof::sweep
