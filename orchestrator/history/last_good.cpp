#include "history/last_good.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <ranges>
#include <string>

#include "report/read_run.hpp"
#include "util/error.hpp"

namespace kproof::history {
namespace fs = std::filesystem;
using model::CellResult;

namespace {
// Each directory is read once, however many cells were good there.
class Runs {
 public:
  // The cell of that name that began then; nullptr if it is no more.
  const CellResult* cell(const Observation& seen) {
    const auto [place, fresh] = runs_.try_emplace(seen.directory);
    auto& run = place->second;
    if (fresh) run = read(seen.directory);
    if (!run) return nullptr;
    const auto at = std::ranges::find_if(run->cells, [&](const CellResult& cell) {
      return cell.started == seen.cell.started && report::full_name_of(cell) == seen.cell.name;
    });
    return at == run->cells.end() ? nullptr : &*at;
  }

 private:
  static std::optional<report::RecordedRun> read(const std::string& directory) {
    try {
      return report::read_run(directory);
    } catch (const Error&) {
      return std::nullopt;  // thinned, moved or of another kproof: nothing to stand beside
    }
  }

  std::map<std::string, std::optional<report::RecordedRun>> runs_;
};
}  // namespace

static report::LastGood good_of(const Observation& seen, const CellResult& cell) {
  const Kernel& kernel = seen.cell.kernel;
  report::LastGood good{
      seen.run_started, kernel.origin.empty() ? kernel.release : kernel.origin, {}};
  for (const auto& [role, path] : cell.files)
    if (const fs::path log = fs::path(seen.directory) / path;
        path.ends_with(".log") && fs::exists(log))
      good.logs[role] = log;
  return good;
}

report::LastGoods last_goods(const Store& store, const report::RunReport& report) {
  report::LastGoods goods;
  Runs runs;
  for (const CellResult& cell : report.cells) {
    if (cell.judgement.expected) continue;
    const auto seen = store.observations(report::full_name_of(cell));
    for (const Observation& one : seen | std::views::reverse) {
      if (one.cell.says != compare::Says::good || one.run_started >= report.started) continue;
      const CellResult* then = runs.cell(one);
      if (!then) continue;
      goods[cell.id] = good_of(one, *then);
      break;
    }
  }
  return goods;
}

}  // namespace kproof::history
