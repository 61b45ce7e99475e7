#include "manifest/manifest.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "config/kernel_plan.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

namespace kproof::manifest {
namespace fs = std::filesystem;

Manifest make(const model::Plan& plan, const model::PlanTexts& texts, const plan::Filter& filter,
              std::vector<std::string> cases, const std::vector<model::Cell>& cells,
              std::string started) {
  Manifest manifest{.kproof = KPROOF_VERSION,
                    .plan = plan.name,
                    .file = fs::absolute(plan.file).lexically_normal(),
                    .kernel_runs = "",
                    .texts = texts,
                    .filter = filter,
                    .cases = std::move(cases),
                    .cells = {},
                    .started = std::move(started)};
  if (texts.empty()) manifest.kernel_runs = plan.cases.at(0).name;
  for (const model::Cell& cell : cells)
    manifest.cells.push_back(cell.id);
  return manifest;
}

void write(const fs::path& directory, const Manifest& manifest) {
  util::write_file_atomically(directory / "manifest.json", to_json(manifest));
}

std::optional<Manifest> read(const fs::path& directory) {
  const fs::path file = directory / "manifest.json";
  if (!fs::exists(file)) return std::nullopt;
  return from_json(util::read_file(file), file);
}

model::Plan plan_of(const Manifest& manifest, const config::CpuModels& cpu_models) {
  return manifest.texts.empty()
             ? config::read_plan_or_kernel(manifest.file, manifest.kernel_runs, cpu_models)
             : config::read_plan(manifest.texts, cpu_models);
}

Cells expand(const Manifest& manifest, const config::CpuModels& cpu_models) {
  Cells made{plan_of(manifest, cpu_models), {}};
  made.cells = plan::expand(made.plan, manifest.filter, manifest.cases).cells;
  return made;
}

Cells cells_of(const Manifest& manifest, const config::CpuModels& cpu_models) {
  Cells made = expand(manifest, cpu_models);
  if (!std::ranges::equal(made.cells, manifest.cells, {}, &model::Cell::id))
    throw HostError(fmt::format("kproof {} makes other cells of the plan `{}` than kproof {} did",
                                KPROOF_VERSION, manifest.plan, manifest.kproof),
                    "use the kproof that began this run");
  return made;
}

static bool same_texts(const Manifest& a, const Manifest& b) {
  return std::ranges::equal(a.texts, b.texts, {}, &model::PlanText::text, &model::PlanText::text);
}

std::string difference(const Manifest& a, const Manifest& b) {
  if (a.plan != b.plan) return "the plan's name";
  if (!same_texts(a, b) || a.kernel_runs != b.kernel_runs) return "the plan";
  if (a.texts.empty() && a.file != b.file) return "the kernel";
  if (a.filter.kernels != b.filter.kernels) return "--kernel";
  if (a.filter.topologies != b.filter.topologies) return "--topology";
  if (a.filter.cases != b.filter.cases) return "--case";
  if (a.filter.ids != b.filter.ids) return "--failed";
  return a.cases == b.cases ? "" : "the list of cases";
}

}  // namespace kproof::manifest
