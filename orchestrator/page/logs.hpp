// The logs of a run within its page. Pure, but for `read`.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/finding.hpp"
#include "page/page.hpp"
#include "report/last_good.hpp"

namespace kproof::page {

// What a page's readers open as a log: not a config, XML or an image of memory.
bool is_log(const std::string& path);
// "kmsg-l2": the file that a finding's lines are of, by its role among the cell's files.
std::string role_of(const model::Finding& finding);

struct LoggedCell {
  const model::CellResult* cell;
  const report::LastGood* last_good;  // or nullptr
};

// Data elements, one a log, which together have at most `most` bytes: its path, the numbers of the
// lines that they hold, and those lines, gzip, base64. page.js reads one when somebody opens it.
// Cells that are not as expected have most room, plain passes the least: of these the beginning and
// the end is kept, however much room there is.
std::string data_of_logs(std::vector<LoggedCell> cells, const ReadFile& read, std::size_t most);

}  // namespace kproof::page
