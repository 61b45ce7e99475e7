#include "cli/trials.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "compare/proven.hpp"
#include "source/unbuildable.hpp"
#include "util/error.hpp"

namespace kproof::cli {

const model::CellResult* broken_in(const std::vector<model::CellResult>& cells) {
  for (const model::CellResult& cell : cells)
    if (compare::standing_of(cell.judgement) == compare::Standing::host) return &cell;
  return nullptr;
}

static void repeat(model::Plan& plan, unsigned repetitions) {
  plan.repetitions = repetitions;
  for (model::PlanCase& test : plan.cases)
    if (test.repetitions) test.repetitions = repetitions;
}

Trial Trials::run_cells(const model::KernelSpec& kernel, const std::string& directory) {
  sweep::SweepOptions options = options_;
  options.out /= directory;
  options.filter.kernels = {kernel.name};
  options.libvirt = &libvirt_;
  options.unbuildable_ends = true;  // that candidate is skipped
  if (repetitions_ > 0) repeat(options.plan, repetitions_);
  std::ranges::replace_if(
      options.plan.kernels, [&](const auto& one) { return one.name == kernel.name; }, kernel);
  try {
    report::RunReport seen = run_sweep(options, stop_, display_.listener());
    host_ = seen.host;
    return {std::move(seen.cells), "", seen.interrupted};
  } catch (const source::Unbuildable& error) {
    return {{}, fmt::format("{}\n{}", error.what(), error.hint())};
  } catch (const Interrupted&) {
    return {.interrupted = true};
  }
}

Trial Trials::attempt(const model::KernelSpec& kernel, const std::string& directory,
                      const std::string& name, const bisect::Signature& looked_for) {
  Trial trial = run_cells(kernel, directory);
  const bool decided = !looked_for.empty() &&
                       bisect::seen_in(trial.cells, looked_for).outcome == bisect::Outcome::bad;
  if (trial.interrupted || decided || !broken_in(trial.cells)) return trial;
  display_.say(fmt::format("{}: broken: once more", name));
  return run_cells(kernel, directory);
}

bisect::Seen Trials::judge(const Trial& trial, const bisect::Signature& looked_for) {
  static constexpr unsigned kMostBroken = 3;
  bisect::Seen seen = trial.unbuilt.empty() ? bisect::seen_in(trial.cells, looked_for)
                                            : bisect::Seen{bisect::Outcome::skipped, trial.unbuilt};
  const model::CellResult* broken = broken_in(trial.cells);
  if (seen.outcome != bisect::Outcome::skipped || !broken) {
    broken_in_a_row_ = 0;
  } else if (++broken_in_a_row_ >= kMostBroken) {
    display_.clear();
    throw HostError(fmt::format("{} in a row are broken, each twice: {}", broken_in_a_row_,
                                broken->judgement.reason),
                    "the same command goes on from here");
  } else {
    seen.reason = "broken twice: " + seen.reason;
  }
  return seen;
}

}  // namespace kproof::cli
