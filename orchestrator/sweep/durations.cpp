#include "sweep/durations.hpp"

#include "cache/inventory.hpp"
#include "timing/kinds.hpp"
#include "timing/records.hpp"

namespace kproof::sweep {

static timing::Sample sample_of(const model::CellResult& cell, const std::filesystem::path& out) {
  timing::Sample sample{.bytes = cache::disk_usage(out / "cells" / cell.id)};
  for (const model::PhaseTime& phase : cell.phases)
    if (phase.level == 1) sample.took += phase.duration;
  return sample;
}

void keep_durations(const report::RunReport& report, const std::filesystem::path& cache) {
  const std::string accel = report.host.accel == model::Accel::kvm ? "kvm" : "tcg";
  std::vector<std::pair<std::vector<std::string>, timing::Sample>> news;
  for (const model::CellResult& cell : report.cells)
    if (!cell.reused && !cell.phases.empty() && cell.judgement.verdict != model::Verdict::broken)
      news.emplace_back(timing::keys_of_cell(accel, cell.test, cell.levels, cell.kernel_label),
                        sample_of(cell, report.directory));
  timing::add(cache, news);
}

}  // namespace kproof::sweep
