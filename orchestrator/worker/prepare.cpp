// Batches are made, written and read here.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "merge/join.hpp"
#include "run/deadlines.hpp"
#include "sweep/cases.hpp"
#include "sweep/room.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "worker/nodes.hpp"
#include "worker/worker.hpp"

namespace kproof::worker {
namespace fs = std::filesystem;

// As whoever writes a plan and a case thinks of it, under KVM.
static util::Millis limit_of(const sweep::PreparedCell& cell, const model::Limits& limits) {
  util::Millis timeout{0};
  for (const sweep::PreparedLevel& level : cell.levels)
    if (!level.program.empty())
      timeout = std::max(timeout, cell.cell.test.timeout.value_or(level.description.timeout));
  return (limits.boot + timeout + limits.poweroff) * (1u << (cell.levels.size() - 1));
}

static void add_kernels(const model::Cell& cell, std::set<std::string>& kernels) {
  kernels.insert(cell.kernel.name);
  for (const model::Level& level : cell.topology.levels)
    if (!level.kernel.empty()) kernels.insert(level.kernel);
}

Batch make_batch(const model::Plan& plan, const std::vector<model::Cell>& cells) {
  const sweep::Installation installation = sweep::Installation::find();
  installation.require_whole();
  const sweep::Cases cases(installation, plan);
  std::map<std::vector<std::string>, model::CaseDescription> known;
  const sweep::Describe describe = [&](const auto& name, const auto& args) -> const auto& {
    std::vector<std::string> key{name};
    key.insert(key.end(), args.begin(), args.end());
    const auto found = known.find(key);
    if (found != known.end()) return found->second;
    return known.emplace(key, cases.describe(name, args)).first->second;
  };
  Batch batch;
  std::set<std::string> kernels;
  std::vector<std::pair<unsigned, Item>> items;
  for (const model::Cell& cell : cells) {
    const sweep::PreparedCell sized = sweep::size_up(cell, describe);
    const resources::Needs needs = sweep::needs_of(sized);
    items.emplace_back(cell.repetition, Item{cell.id, limit_of(sized, plan.limits), needs.memory,
                                             std::max(needs.vcpus, 1u)});
    add_kernels(cell, kernels);
  }
  std::ranges::stable_sort(
      items, {}, [](const auto& item) { return std::tuple(item.first, -item.second.limit); });
  for (auto& [repetition, item] : items)
    batch.items.push_back(std::move(item));
  batch.kernels.assign(kernels.begin(), kernels.end());
  return batch;
}

void write_batch(const fs::path& directory, const manifest::Manifest& manifest,
                 const Batch& batch) {
  fs::create_directories(directory);
  manifest::write(directory, manifest);
  util::write_file_atomically(batch_file(directory), to_json(batch));
}

manifest::Manifest read_manifest(const fs::path& directory) {
  auto manifest = manifest::read(directory);
  if (!manifest)
    throw HostError(fmt::format("{} has no manifest.json", directory.string()),
                    "`kproof run --on slurm PLAN --out DIR` makes such a directory");
  return std::move(*manifest);
}

Batch read_batch(const fs::path& directory) {
  const fs::path file = batch_file(directory);
  if (!fs::exists(file))
    throw HostError(fmt::format("{} holds no list of cells for workers", directory.string()),
                    "`kproof run --on slurm PLAN --out DIR` makes one");
  return from_json(util::read_file(file), file);
}

report::RunReport report_of(const fs::path& directory, const config::CpuModels& cpu_models,
                            std::vector<std::string>& remarks) {
  const merge::Part part = merge::read_part(directory.string());
  report::RunReport report =
      merge::assemble(manifest::cells_of(part.manifest, cpu_models), part.cells);
  remarks.insert(remarks.end(), part.remarks.begin(), part.remarks.end());
  const plan::Filter& filter = part.manifest.filter;
  report.filters = {filter.kernels, filter.topologies, filter.cases, filter.ids};
  report.shard = filter.shard;
  report.started = part.manifest.started;
  report.ended = util::now();
  report.directory = directory;
  report.parts = workers_of(directory);
  if (!report.parts.empty()) report.host = report.parts.front().host;
  return report;
}

}  // namespace kproof::worker
