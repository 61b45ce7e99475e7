// kproof plan PLAN.yaml: the cells, without running any.
#include <memory>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/cli.hpp"
#include "cli/plan_estimate.hpp"
#include "cli/plan_matrix.hpp"
#include "cli/plan_name.hpp"
#include "cli/plan_notes.hpp"
#include "plan/cells.hpp"
#include "plan/shard.hpp"
#include "sweep/cases.hpp"
#include "util/units.hpp"

namespace kproof::cli {

struct PlanOptions {
  std::string file;
  plan::Filter filter;
  std::string format = "text", shard;
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

static std::set<std::string> kernels_of(const std::vector<model::Cell>& cells) {
  std::set<std::string> names;
  for (const model::Cell& cell : cells)
    names.insert(cell.kernel.name);
  return names;
}

static void print_text(const model::Plan& plan, const plan::Expansion& shown,
                       const std::string& shard) {
  if (shown.matrix) fmt::print("{}", matrix_as_text(plan.matrix, *shown.matrix));
  std::size_t width = 0;
  for (const model::Cell& cell : shown.cells)
    width = std::max(width, cell.id.size());
  std::set<std::string> topologies;
  for (const model::Cell& cell : shown.cells) {
    fmt::print("{:{}}  {}\n", cell.id, width, expected_of(cell.expectation));
    topologies.insert(cell.topology.name);
  }
  using util::format_count;
  fmt::print("{}{}: {}, {}, {}\n", shard.empty() ? "" : fmt::format("shard {}: ", shard),
             format_count(shown.cells.size(), "cell"),
             format_count(kernels_of(shown.cells).size(), "kernel"),
             format_count(topologies.size(), "topology", "topologies"),
             format_count(plan.repetitions, "repetition"));
  fmt::print("{}", estimate_as_text(estimate_of(plan, shown.cells)));
}

static void print_json(const model::Plan& plan, const plan::Expansion& shown,
                       const std::string& shard) {
  using Json = nlohmann::ordered_json;
  Json cells = Json::array();
  for (const model::Cell& cell : shown.cells) {
    Json axes = Json::object();
    for (const auto& [name, value] : cell.axes)
      axes[name] = value;
    cells.push_back({{"id", cell.id},
                     {"kernel", cell.kernel.name},
                     {"topology", cell.topology.name},
                     {"case", cell.test.alias},
                     {"axes", std::move(axes)},
                     {"repetition", cell.repetition},
                     {"verdicts", cell.expectation.words()}});
  }
  Json json{{"schema", 1},
            {"kind", "plan"},
            {"plan", plan.name},
            {"matrix", shown.matrix ? matrix_as_json(plan.matrix, *shown.matrix) : Json()},
            {"kernels", kernels_of(shown.cells)},
            {"estimate", estimate_as_json(estimate_of(plan, shown.cells))},
            {"cells", std::move(cells)}};
  if (!shard.empty()) json["shard"] = shard;
  fmt::print("{}\n", json.dump(1));
}

static int show(PlanOptions& options) {
  if (!options.shard.empty()) options.filter.shard = plan::parse_shard(options.shard);
  const model::Plan plan = read_named_plan(options.file, cases_for_kernel(options.filter));
  warn_of(plan);
  const plan::Expansion shown =
      plan::expand(plan, options.filter, sweep::Cases(sweep::Installation::find(), plan).names());
  if (options.format == "json")
    print_json(plan, shown, options.shard);
  else
    print_text(plan, shown, options.shard);
  return kOk;
}

void add_plan(CommandLine& line) {
  Command command = line.add("plan", "Print the cells of a plan without running them");
  const auto options = std::make_shared<PlanOptions>();
  command.value("PLAN", options->file, std::string(kPlanOrKernelHelp), Need::required);
  add_filter(command, options->filter);
  add_kernel_filter(command, options->filter);
  add_shard(command, options->shard);
  command.choice("--format", options->format, {"text", "json"}, "text or json");
  command.example("kproof plan quickstart",
                  "what would run, how long it may take, and what it needs");
  command.example("kproof plan my.yaml --format json | jq '.cells[].id'", "for scripts");
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

void add_shard(Command& command, std::string& shard) {
  command.value("--shard", shard,
                "I/N: only the I-th of N parts of the cells, the same ones each time, with as few "
                "kernels as can be; `kproof merge` joins the results of all parts");
}

void add_filter(Command& command, plan::Filter& filter) {
  command.list("--topology", filter.topologies,
               "only topologies with this name or glob; may be repeated");
  command.list("--case", filter.cases, "only cases with this name or glob; may be repeated");
}

}  // namespace kproof::cli
