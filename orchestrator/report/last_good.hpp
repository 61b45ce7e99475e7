// A run in which a cell passed that does not any more. Values only: history/last_good.hpp finds it.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace kproof::report {

struct LastGood {
  std::string started;  // the run; UTC, ISO 8601
  std::string kernel;   // what it was made of: "linux-image-amd64 6.1.0-48", or its release
  // The cell's logs that are still there, by their roles ("console", "kmsg-l2"), absolute.
  std::map<std::string, std::filesystem::path> logs;
};
using LastGoods = std::map<std::string, LastGood>;  // by model::CellResult::id

}  // namespace kproof::report
