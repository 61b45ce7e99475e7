#include "series/rows.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "util/error.hpp"
#include "util/names.hpp"

namespace kproof::series {
using model::KernelSpec;

static bool is_built(const KernelSpec& kernel) {
  return std::holds_alternative<model::BuildSource>(kernel.source);
}

static std::vector<std::string> names_of_built(const model::Plan& plan) {
  std::vector<std::string> names;
  for (const KernelSpec& kernel : plan.kernels)
    if (is_built(kernel)) names.push_back(kernel.name);
  return names;
}

const KernelSpec& find_base(const model::Plan& plan, const std::string& name) {
  const auto built = names_of_built(plan);
  if (built.empty())
    throw ConfigError(
        fmt::format("{}: no kernel of this plan is built from source", plan.file.string()),
        "give it one, with `source:` instead of `package:` or `path:`");
  if (name.empty() && built.size() > 1)
    throw ConfigError(
        fmt::format("{}: {} kernels are built from source", plan.file.string(), built.size()),
        fmt::format("say which with --base: {}", fmt::join(built, ", ")));
  const std::string& wanted = name.empty() ? built.front() : name;
  const auto found = std::find_if(plan.kernels.begin(), plan.kernels.end(),
                                  [&](const KernelSpec& kernel) { return kernel.name == wanted; });
  if (found == plan.kernels.end())
    throw ConfigError(fmt::format("--base {}: {} has no such kernel", name, plan.file.string()),
                      util::suggest(name, built, "kernels from source"));
  if (!is_built(*found))
    throw ConfigError(
        fmt::format("--base {}: {}: that kernel is not built from source", name, found->place),
        fmt::format("these are: {}", fmt::join(built, ", ")));
  return *found;
}

std::vector<Row> rows_of(const KernelSpec& base, const std::vector<std::string>& subjects) {
  std::vector<Row> rows{{.kernel = base.name, .subject = base.label, .unbuilt = ""}};
  for (const std::string& subject : subjects)
    rows.push_back({fmt::format("{}+{}", base.name, rows.size()), subject, ""});
  return rows;
}

model::Plan plan_of(model::Plan plan, const std::vector<Row>& rows) {
  const auto at =
      std::find_if(plan.kernels.begin(), plan.kernels.end(),
                   [&](const KernelSpec& kernel) { return kernel.name == rows[0].kernel; });
  std::vector<KernelSpec> more;
  for (std::size_t row = 1; row < rows.size(); ++row) {
    more.push_back(*at);
    more.back().name = rows[row].kernel;
    more.back().label = fmt::format("{} + {}", at->label, number_of(rows, row));
  }
  plan.kernels.insert(at + 1, more.begin(), more.end());
  return plan;
}

}  // namespace kproof::series
