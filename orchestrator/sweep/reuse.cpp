#include "sweep/reuse.hpp"

#include "report/json.hpp"
#include "run/files.hpp"
#include "util/error.hpp"

namespace kproof::sweep {

std::optional<model::CellResult> earlier_result(const PreparedCell& cell,
                                                const std::filesystem::path& out) {
  const run::CellFiles files{out / "cells" / cell.cell.id};
  if (!std::filesystem::exists(files.result())) return std::nullopt;
  try {
    model::CellResult result = report::read_cell(files.dir);
    if (result.inputs != cell.inputs || result.judgement.verdict == model::Verdict::broken)
      return std::nullopt;
    result.reused = true;
    return result;
  } catch (const HostError&) {
    return std::nullopt;
  }
}

}  // namespace kproof::sweep
