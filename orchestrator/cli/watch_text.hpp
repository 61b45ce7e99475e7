// What `kproof watch` prints. Pure.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "model/result.hpp"
#include "report/text.hpp"
#include "util/units.hpp"

namespace kproof::cli {

// "mm/mprotect.c, mm/rmap.c and 3 more"; "the tree as it is" for none.
std::string files_as_text(const std::vector<std::string>& files);

// "  fail       mm/dax_1g_mprotect (6.3s): finding: bad pud", with what failed and where the log is
// below it; of a cell as expected the first line alone.
std::string cell_as_text(const model::CellResult& cell, const std::filesystem::path& out,
                         const report::Style& style);

// "5 cells, all as expected; 14.2s after the save"
struct Round {
  std::size_t cells = 0, unexpected = 0;
  util::Millis since_save{0};
};
std::string end_as_text(const Round& round);

}  // namespace kproof::cli
