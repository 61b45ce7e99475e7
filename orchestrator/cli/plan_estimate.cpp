#include "cli/plan_estimate.hpp"

#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cache/remove.hpp"
#include "cli/help.hpp"
#include "host/accel.hpp"
#include "kernel/store.hpp"
#include "resources/limits.hpp"
#include "source/builder.hpp"
#include "sweep/cases.hpp"
#include "timing/kinds.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/text.hpp"
#include "util/units.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;

static std::string patches_behind(const model::BuildSource& source) {
  const std::size_t count = source::load_patches(source).size();
  return count == 0 ? "" : ", " + util::format_count(count, "patch", "patches");
}

// As source/builder.cpp names it, whatever the version of the package is.
static bool is_built(const fs::path& kernels, const model::BuildSource& source) {
  const auto* package = std::get_if<model::SourcePackage>(&source.tree);
  if (!package) return false;
  const std::string begin = package->package + " ";
  const std::string end = ", " + timing::name_of_config(source) + patches_behind(source);
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(kernels / "built", none)) {
    const fs::path origin = entry.path() / "origin";
    if (!fs::is_regular_file(origin, none)) continue;
    const std::string name = util::chomp(util::read_file(origin));
    if (name.starts_with(begin) && name.ends_with(end)) return true;
  }
  return false;
}

// A meta-package's name, linux-image-6.12-amd64, begins as that of the kernel which it is for;
// linux-image-amd64 is for any.
static bool is_unpacked(const fs::path& kernels, const std::string& package) {
  const std::string series = package.substr(0, package.rfind('-'));
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(kernels / "packages", none)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(series) && name.find(".lock") == name.npos) return true;
  }
  return false;
}

static bool is_cached(const model::KernelSpec& kernel) {
  const fs::path kernels = kernel::default_cache() / "kernels";
  try {
    if (const auto* package = std::get_if<model::PackageSource>(&kernel.source))
      return is_unpacked(kernels, package->package);
    return is_built(kernels, std::get<model::BuildSource>(kernel.source));
  } catch (const Error&) {  // patches that cannot be read: told when they are built
    return false;
  }
}

static bool is_quiet(const sweep::Cases& cases, const model::PlanCase& test) {
  try {
    return cases.describe(test.name, test.args).quiet;
  } catch (const Error&) {
    return false;
  }
}

PlanEstimate estimate_of(const model::Plan& plan, const std::vector<model::Cell>& cells) {
  const sweep::Cases cases_of_plan(sweep::Installation::find(), plan);
  const auto limits = resources::read_limits(resources::text_of);
  const bool kvm = host::choose_accel(host::probe_kvm()).accel == model::Accel::kvm;
  PlanEstimate found{
      .accel = kvm ? "kvm" : "tcg",
      .cores = static_cast<unsigned>(least(limits.cores, &resources::Limit::now).now),
      .sum = {}};
  std::map<std::string, bool> quiet;
  found.sum = plan::estimate(cells, plan.kernels,
                             {.accel = found.accel,
                              .cores = found.cores,
                              .samples = timing::read(kernel::default_cache()),
                              .quiet =
                                  [&](const model::Cell& cell) {
                                    const auto known = quiet.find(cell.test.alias);
                                    if (known != quiet.end()) return known->second;
                                    return quiet[cell.test.alias] =
                                               is_quiet(cases_of_plan, cell.test);
                                  },
                              .cached = is_cached});
  return found;
}

static std::string basis(const plan::Part& part, const char* what) {
  if (part.measured == part.count) return "by what they took before";
  if (part.measured == 0) return "not measured yet";
  return fmt::format("{} of {} {} by what they took before", part.measured, part.count, what);
}

std::string estimate_as_text(const PlanEstimate& estimate) {
  const auto& [accel, cores, sum] = estimate;
  const auto time = [](util::Millis time) { return util::format_duration(time); };
  std::string text = fmt::format("estimate for this host ({}, {}):\n",
                                 accel == "kvm" ? "KVM" : "TCG", util::format_count(cores, "core"));
  if (sum.builds.count > 0)
    text += fmt::format("  builds  about {} for {} ({}); {} on the disk\n", time(sum.builds.time),
                        util::format_count(sum.builds.count, "kernel"), basis(sum.builds, "builds"),
                        cache::size_in_words(sum.builds.bytes));
  if (sum.packages > 0)
    text += fmt::format("  fetched {} of packages, unpacked\n", cache::size_in_words(sum.packages));
  if (sum.cached > 0)
    text += fmt::format("  cached  {}, as far as names tell\n",
                        util::format_count(sum.cached, "kernel"));
  text += fmt::format("  cells   about {} ({}{}); {} of logs\n", time(sum.cells.time),
                      basis(sum.cells, "cells"),
                      sum.quiet ? fmt::format("; {} alone, measuring time", sum.quiet) : "",
                      cache::size_in_words(sum.cells.bytes));
  if (sum.cells.measured < sum.cells.count || sum.builds.measured < sum.builds.count)
    text += wrap(plan::defaults_in_words(accel), 2, kHelpWidth);
  return text;
}

static nlohmann::ordered_json part_as_json(const plan::Part& part) {
  return {{"count", part.count},
          {"measured", part.measured},
          {"seconds", part.time.count() / 1000},
          {"bytes", part.bytes}};
}

nlohmann::ordered_json estimate_as_json(const PlanEstimate& estimate) {
  const auto& [accel, cores, sum] = estimate;
  return {{"accel", accel},
          {"cores", cores},
          {"builds", part_as_json(sum.builds)},
          {"cells", part_as_json(sum.cells)},
          {"quiet_cells", sum.quiet},
          {"kernels_cached", sum.cached},
          {"package_bytes", sum.packages},
          {"defaults", plan::defaults_in_words(accel)}};
}

}  // namespace kproof::cli
