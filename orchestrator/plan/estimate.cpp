#include "plan/estimate.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "timing/kinds.hpp"

namespace kproof::plan {
using namespace std::chrono_literals;
using timing::Sample;
using util::Millis;

// Where nothing was measured. Of a host of two cores (Xeon, 2.5 GHz): quickstart.yaml and
// nested.yaml by TCG, and a kernel of tinyconfig with the fragments base, dax, kvm.
static constexpr Millis kCell{8s}, kCellKvm{4s};
static constexpr Millis kInner{20s}, kInnerKvm{6s};  // each level more
static constexpr std::uint64_t kLogs = 300u << 10;
static constexpr Millis kCoreTimeTiny{16min}, kCoreTimeLarge{90min}, kCoreTimeNext{2min};
static constexpr std::uint64_t kTree = 1500ull << 20, kBuild = 400ull << 20, kKernel = 70ull << 20;
static constexpr std::uint64_t kPackage = 400ull << 20;

std::string defaults_in_words(const std::string& accel) {
  const bool kvm = accel == "kvm";
  return fmt::format(
      "where nothing was measured yet: {} a cell and {} for each level inside, {} of logs; {} of "
      "one core for the first kernel of a tinyconfig, {} of another config, {} for the next of the "
      "same; {} GB for a source tree, {} MB for a build directory",
      util::format_duration(kvm ? kCellKvm : kCell),
      util::format_duration(kvm ? kInnerKvm : kInner), "300 KB",
      util::format_duration(kCoreTimeTiny), util::format_duration(kCoreTimeLarge),
      util::format_duration(kCoreTimeNext), 1.5, kBuild >> 20);
}

static std::optional<Sample> measured(const timing::Samples& samples,
                                      const std::vector<std::string>& keys) {
  for (const std::string& key : keys)
    if (const auto found = samples.find(key); found != samples.end())
      return timing::median(found->second);
  return std::nullopt;
}

static void count(Part& part, const std::optional<Sample>& known, const Sample& otherwise,
                  Sample& taken) {
  taken = known.value_or(otherwise);
  part.bytes += taken.bytes;
  ++part.count;
  part.measured += known ? 1 : 0;
}

static Sample usual_cell(const EstimateInput& input, const model::Cell& cell) {
  const bool kvm = input.accel == "kvm";
  const auto inner = static_cast<int>(std::max<std::size_t>(cell.topology.levels.size(), 1) - 1);
  return {(kvm ? kCellKvm : kCell) + (kvm ? kInnerKvm : kInner) * inner, kLogs};
}

static unsigned vcpus_of(const model::Cell& cell) {
  return cell.topology.levels.empty() ? 1 : std::max(1u, cell.topology.levels.front().vcpus);
}

// No less than the longest of those that run side by side, nor than their work on all cores.
static void add_cells(Estimate& sum, const std::vector<model::Cell>& cells,
                      const EstimateInput& input) {
  Millis work{0}, longest{0};
  for (const model::Cell& cell : cells) {
    Sample taken;
    const auto keys =
        timing::keys_of_cell(input.accel, cell.test.alias, cell.topology.levels, cell.kernel.label);
    count(sum.cells, measured(input.samples, keys), usual_cell(input, cell), taken);
    if (input.quiet(cell)) {
      sum.cells.time += taken.took;
      ++sum.quiet;
    } else {
      work += taken.took * std::min(vcpus_of(cell), input.cores);
      longest = std::max(longest, taken.took);
    }
  }
  sum.cells.time += std::max(longest, work / std::max(1u, input.cores));
}

static void add_build(Estimate& sum, const model::BuildSource& source, const EstimateInput& input,
                      std::set<std::string>& trees, std::set<std::string>& configs) {
  const std::string tree = timing::name_of_tree(source), config = timing::name_of_config(source);
  const bool first = configs.insert(tree + "\n" + config).second;
  Sample usual{
      (first ? source.config == "tinyconfig" ? kCoreTimeTiny : kCoreTimeLarge : kCoreTimeNext) /
          std::max(1u, input.cores),
      kKernel + (first ? kBuild : 0)};
  if (trees.insert(tree).second) usual.bytes += kTree;
  std::optional<Sample> known = measured(input.samples, timing::keys_of_build(source, first));
  if (known) known->bytes = usual.bytes;  // of a build only its time is measured
  Sample taken;
  count(sum.builds, known, usual, taken);
  sum.builds.time += taken.took;
}

static std::vector<model::KernelSpec> used_kernels(const std::vector<model::Cell>& cells,
                                                   const std::vector<model::KernelSpec>& named) {
  std::vector<model::KernelSpec> used;
  std::set<std::string> seen, inner;
  for (const model::Cell& cell : cells) {
    if (seen.insert(cell.kernel.name).second) used.push_back(cell.kernel);
    for (const model::Level& level : cell.topology.levels)
      inner.insert(level.kernel);
  }
  for (const model::KernelSpec& kernel : named)
    if (inner.contains(kernel.name) && seen.insert(kernel.name).second) used.push_back(kernel);
  return used;
}

Estimate estimate(const std::vector<model::Cell>& cells,
                  const std::vector<model::KernelSpec>& kernels, const EstimateInput& input) {
  Estimate sum;
  std::set<std::string> trees, configs;
  for (const model::KernelSpec& kernel : used_kernels(cells, kernels)) {
    const auto* source = std::get_if<model::BuildSource>(&kernel.source);
    if (std::holds_alternative<model::PathSource>(kernel.source)) continue;
    if (input.cached(kernel))
      ++sum.cached;
    else if (source)
      add_build(sum, *source, input, trees, configs);
    else
      sum.packages += kPackage;
  }
  add_cells(sum, cells, input);
  return sum;
}

}  // namespace kproof::plan
