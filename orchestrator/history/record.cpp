#include "history/record.hpp"

#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "report/run_report.hpp"
#include "util/files.hpp"
#include "util/hash.hpp"

namespace kproof::history {
using model::CellResult;

// CONFIG_CC_VERSION_TEXT="gcc (Debian 12.2.0-14) 12.2.0"
static std::string compiler_of(const std::string& config) {
  static constexpr std::string_view kKey = "CONFIG_CC_VERSION_TEXT=\"";
  const auto at = config.find(kKey);
  if (at == std::string::npos) return "";
  const auto from = at + kKey.size();
  return config.substr(from, config.find('"', from) - from);
}

static Kernel kernel_of(const std::string& name, const report::NamedKernel& named) {
  Kernel kernel{.name = name,
                .label = named.label,
                .source = named.source,
                .patches = fmt::format("{}", fmt::join(named.patches, " "))};
  if (named.config.empty()) return kernel;
  const std::string config = util::read_file(named.config);
  kernel.config = util::Hasher().add(config).hex();
  kernel.compiler = compiler_of(config);
  return kernel;
}

// A figure depends on the host, how fast the guest is emulated, what the case was told, and on the
// machine that it ran in.
static std::string setting_of(const CellResult& cell, const model::HostFacts& host) {
  util::Hasher hash;
  hash.add(host.cpu).add(host.accel == model::Accel::kvm ? "kvm" : "tcg").add(host.hostname);
  hash.add(fmt::format("{}", fmt::join(cell.args, "\n")));
  for (const model::Level& level : cell.levels) {
    hash.add(fmt::format("{} {} {} {} {} {}", level.vcpus, level.memory, level.nvdimm,
                         to_string(level.backing), to_string(level.mmu), level.cpu));
    hash.add(fmt::format("{} {}", fmt::join(level.cmdline, " "), level.preempt));
    for (const auto& [name, value] : level.params)
      hash.add(name).add(value);
  }
  return hash.hex();
}

// By title and fingerprint: a history goes over many kernels, and lines move.
static std::vector<compare::Sign> without_places(const std::set<compare::Sign>& signs) {
  std::set<compare::Sign> placeless;
  for (compare::Sign sign : signs) {
    sign.place.clear();
    placeless.insert(std::move(sign));
  }
  return {placeless.begin(), placeless.end()};
}

static Cell cell_of(const CellResult& result, const model::HostFacts& host, Kernel kernel) {
  const compare::Proven proven = compare::proven(result);
  kernel.label = result.kernel_label;
  kernel.release = result.kernel_release;
  kernel.origin = result.kernel_origin;
  Cell cell{.name = report::full_name_of(result),
            .repetition = result.repetition,
            .attempt = static_cast<unsigned>(result.discounted.size() + 1),
            .started = result.started,
            .inputs = result.inputs,
            .setting = setting_of(result, host),
            .kernel = std::move(kernel),
            .verdict = proven.verdict,
            .reason = result.judgement.reason,
            .says = proven.says,
            .standing = compare::standing_of(result.judgement),
            .to_its_end = proven.to_its_end,
            .signs = without_places(proven.signs),
            .seen = {proven.seen.begin(), proven.seen.end()}};
  for (const model::Metric& metric : proven.metrics)
    cell.figures.push_back({metric.name, metric.unit, metric.value, metric.samples});
  return cell;
}

static std::string facts_of(const model::HostFacts& host) {
  return nlohmann::json{
      {"hostname", host.hostname}, {"os", host.os},
      {"kernel", host.kernel},     {"cpu", host.cpu},
      {"cores", host.cores},       {"memory", host.memory},
      {"qemu", host.qemu},         {"accel", host.accel == model::Accel::kvm ? "kvm" : "tcg"}}
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Run record_of(const report::RecordedRun& recorded) {
  Run run{.directory = recorded.directory.string(),
          .plan = recorded.plan,
          .kind = recorded.kind,
          .kproof = recorded.kproof,
          .started = recorded.started,
          .ended = recorded.ended,
          .file = recorded.plan_file,
          .interrupted = recorded.interrupted,
          .host = facts_of(recorded.host),
          .metrics = recorded.metrics};
  std::map<std::string, Kernel> kernels;
  for (const auto& [name, named] : recorded.kernels)
    kernels.emplace(name, kernel_of(name, named));
  for (const CellResult& cell : recorded.cells) {
    const auto known = kernels.find(cell.kernel);
    run.cells.push_back(cell_of(
        cell, recorded.host, known == kernels.end() ? Kernel{.name = cell.kernel} : known->second));
  }
  return run;
}

}  // namespace kproof::history
