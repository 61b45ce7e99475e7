#include "cli/exit_code.hpp"

#include <algorithm>

#include "cli/cli.hpp"
#include "compare/proven.hpp"

namespace kproof::cli {
using compare::Standing;
using series::Problem;

int exit_code(const Ending& ending) {
  if (ending.unexpected) return kUnexpected;
  if (ending.interrupted) return kInterrupted;
  if (ending.host) return kHostFault;
  return ending.incomplete ? kUnexpected : kOk;
}

static bool any_cell(const report::RunReport& report, Standing standing) {
  return std::ranges::any_of(report.cells, [&](const model::CellResult& cell) {
    return compare::standing_of(cell.judgement) == standing;
  });
}

static bool any_problem(const series::Matrix& matrix, Problem::Cause cause) {
  return std::ranges::any_of(matrix.problems,
                             [&](const Problem& problem) { return problem.cause == cause; });
}

static bool nothing_built(const series::Matrix& matrix) {
  return std::ranges::none_of(matrix.rows,
                              [](const series::Row& row) { return row.unbuilt.empty(); });
}

int exit_code(const report::RunReport& report, bool signalled) {
  Ending ending{.interrupted = signalled || report.interrupted,
                .host = any_cell(report, Standing::host),
                .incomplete = report.cells.size() < report.planned};
  if (!report.series) {
    ending.unexpected = any_cell(report, Standing::unexpected);
    return exit_code(ending);
  }
  if (nothing_built(*report.series)) return kUsage;
  ending.unexpected = any_problem(*report.series, Problem::Cause::series);
  ending.host |= any_problem(*report.series, Problem::Cause::host);
  ending.incomplete |= any_problem(*report.series, Problem::Cause::unrun);
  return exit_code(ending);
}

}  // namespace kproof::cli
