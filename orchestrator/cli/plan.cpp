// kproof plan PLAN.yaml: the cells, without running any.
#include <memory>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/cli.hpp"
#include "cli/plan_matrix.hpp"
#include "cli/plan_notes.hpp"
#include "config/kernel_plan.hpp"
#include "plan/cells.hpp"
#include "sweep/workshop.hpp"
#include "util/units.hpp"
#include "virt/cpu_models.hpp"

namespace kproof::cli {

struct PlanOptions {
  std::string file;
  plan::Filter filter;
};

static std::string expected_of(const model::Expectation& expectation) {
  std::string text = fmt::format("must {}", fmt::join(expectation.words(), " or "));
  const auto add = [&](std::string_view what, const std::vector<std::string>& patterns) {
    for (const std::string& pattern : patterns)
      text += fmt::format(", {} /{}/", what, pattern);
  };
  add("finding", expectation.findings);
  add("perhaps finding", expectation.may_find);
  add("not ok", expectation.subtests);
  add("perhaps not ok", expectation.may_fail);
  add("perhaps skipped", expectation.allow_skips.value_or(std::vector<std::string>{}));
  for (const std::string& reason :
       {expectation.reasons.skip, expectation.reasons.miss, expectation.reasons.hang})
    if (!reason.empty()) add("as", {reason});
  return text;
}

static int show(const PlanOptions& options) {
  const model::Plan plan =
      config::read_plan_or_kernel(options.file, cases_for_kernel(options.filter), virt::cpu_models);
  warn_of(plan);
  const auto known = sweep::Workshop::find().case_names();
  const auto cells = plan::expand(plan, options.filter, known);
  fmt::print("{}", describe_matrix(plan, known));
  std::size_t width = 0;
  for (const model::Cell& cell : cells)
    width = std::max(width, cell.id.size());
  for (const model::Cell& cell : cells)
    fmt::print("{:{}}  {}\n", cell.id, width, expected_of(cell.expectation));
  using util::format_count;
  std::set<std::string> kernels, topologies;
  for (const model::Cell& cell : cells) {
    kernels.insert(cell.kernel.name);
    topologies.insert(cell.topology.name);
  }
  fmt::print("{}: {}, {}, {}\n", format_count(cells.size(), "cell"),
             format_count(kernels.size(), "kernel"),
             format_count(topologies.size(), "topology", "topologies"),
             format_count(plan.repetitions, "repetition"));
  return kOk;
}

void add_plan(CommandLine& line) {
  Command command = line.add("plan", "Print the cells of a plan without running them");
  const auto options = std::make_shared<PlanOptions>();
  command.value("PLAN", options->file, std::string(kPlanOrKernelHelp), Need::required);
  add_filter(command, options->filter);
  add_kernel_filter(command, options->filter);
  command.does([options] { return show(*options); });
}

void add_as_root(Command& command, bool& as_root) {
  command.flag("--as-root", as_root,
               "where kproof is run as root, make and QEMU are root, too; else they are users "
               "without rights");
}

void add_kernel_filter(Command& command, plan::Filter& filter) {
  command.list("--kernel", filter.kernels, "only kernels with this name or glob; may be repeated");
}

void add_filter(Command& command, plan::Filter& filter) {
  command.list("--topology", filter.topologies,
               "only topologies with this name or glob; may be repeated");
  command.list("--case", filter.cases, "only cases with this name or glob; may be repeated");
}

}  // namespace kproof::cli
