#include "merge/join.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/inputs.hpp"
#include "plan/shard.hpp"
#include "util/error.hpp"
#include "util/units.hpp"
#include "verdict/flaky.hpp"

namespace kproof::merge {
using model::CellResult;

static void require_same_run(const Part& first, const Part& other) {
  const std::string what = manifest::difference(first.manifest, other.manifest);
  if (what.empty()) return;
  throw ConfigError(
      fmt::format("{} and {} are no parts of one run: {} differs", first.name, other.name, what),
      "merge what the same plan and options have made; only --shard may differ");
}

static bool same_judgement(const CellResult& a, const CellResult& b) {
  const auto key = [](const CellResult& cell) {
    std::vector<std::string> titles;
    for (const model::Finding& finding : cell.findings)
      titles.push_back(finding.title);
    return std::tuple(cell.judgement.verdict, cell.judgement.blame, titles);
  };
  return key(a) == key(b);
}

static void require_same_result(const Part& first, const CellResult& a, const Part& other,
                                const CellResult& b) {
  if (a.inputs != b.inputs)
    throw ConfigError(
        fmt::format("{} is in {} and in {} with other inputs: {}", a.id, first.name, other.name,
                    fmt::join(model::differing_inputs(a.inputs, b.inputs), ", ")),
        "leave out the directory that is not meant");
  if (!same_judgement(a, b))
    throw ConfigError(
        fmt::format("{} is {} in {} and {} in {}", a.id, to_string(a.judgement.verdict), first.name,
                    to_string(b.judgement.verdict), other.name),
        "both are results of the same inputs: look at both logs; then leave out a directory, or "
        "use `repetitions:`, which tell a flaky cell");
}

static void add_part(const Part& part, Joined& joined) {
  std::vector<std::string> twice;
  for (const auto& [id, result] : part.cells) {
    const auto [at, added] = joined.from.emplace(id, &part);
    if (added) continue;
    require_same_result(*at->second, at->second->cells.at(id), part, result);
    twice.push_back(fmt::format("{} (of {})", id, at->second->name));
  }
  if (!twice.empty())
    joined.remarks.push_back(fmt::format("{}: {} left out, as another has the same result: {}",
                                         part.name, util::format_count(twice.size(), "cell"),
                                         fmt::join(twice, ", ")));
  joined.remarks.insert(joined.remarks.end(), part.remarks.begin(), part.remarks.end());
}

// Figures and limits of two machines are not those of one.
static void tell_hosts(const std::vector<Part>& parts, std::vector<std::string>& remarks) {
  const auto tell = [&](std::string_view what, auto value_of) {
    std::set<std::string> values;
    for (const Part& part : parts)
      if (std::string value = value_of(part); !value.empty()) values.insert(std::move(value));
    if (values.size() > 1)
      remarks.push_back(fmt::format("the parts differ in {}: {}", what, fmt::join(values, "; ")));
  };
  const auto host = [&](std::string model::HostFacts::*fact) {
    return [fact](const Part& part) { return part.ended ? part.ended->host.*fact : std::string(); };
  };
  tell("the CPU of the host", host(&model::HostFacts::cpu));
  tell("the host's kernel", host(&model::HostFacts::kernel));
  tell("QEMU", host(&model::HostFacts::qemu));
  tell("kproof", [](const Part& part) { return part.manifest.kproof; });
  tell("the accelerator", [](const Part& part) -> std::string {
    if (!part.ended) return "";
    return part.ended->host.accel == model::Accel::kvm ? "KVM" : "TCG";
  });
}

Joined join(const std::vector<Part>& parts) {
  Joined joined;
  for (const Part& part : parts) {
    require_same_run(parts.front(), part);
    add_part(part, joined);
  }
  tell_hosts(parts, joined.remarks);
  return joined;
}

static bool is_repetition_of(const model::CellResult& result, const model::Cell& cell) {
  return result.kernel == cell.kernel.name && result.topology == cell.topology.name &&
         result.test == cell.test.alias;
}

// What `--retry` ran beyond the plan; expected as the cell that it repeats.
static void add_retries(report::RunReport& report, const manifest::Cells& whole,
                        std::map<std::string, CellResult> results) {
  for (auto& [id, result] : results) {
    const auto cell = std::ranges::find_if(
        whole.cells, [&](const model::Cell& one) { return is_repetition_of(result, one); });
    if (cell == whole.cells.end()) continue;
    result.expectation = cell->expectation;
    report.cells.push_back(std::move(result));
    ++report.planned;
  }
}

report::RunReport assemble(const manifest::Cells& whole,
                           std::map<std::string, CellResult> results) {
  report::RunReport report;
  report.plan = whole.plan;
  report.planned = whole.cells.size();
  for (const model::Cell& cell : whole.cells) {
    const auto found = results.find(cell.id);
    if (found == results.end()) {
      report.unrun.push_back(cell);
      continue;
    }
    report.cells.push_back(std::move(found->second));
    report.cells.back().expectation = cell.expectation;
    results.erase(found);
  }
  add_retries(report, whole, std::move(results));
  verdict::hold_to_rate(report.cells);
  return report;
}

static report::Part part_of_report(const Part& part, const Joined& joined) {
  report::Part told{.directory = part.name,
                    .shard = part.manifest.filter.shard,
                    .host = {},
                    .started = part.manifest.started,
                    .ended = "",
                    .interrupted = !part.ended};
  for (const auto& [id, from] : joined.from)
    told.cells += from == &part;
  if (!part.ended) return told;
  told.host = part.ended->host;
  told.ended = part.ended->ended;
  told.interrupted = part.ended->interrupted;
  return told;
}

report::RunReport report_of(const std::vector<Part>& parts, const Joined& joined,
                            const manifest::Cells& whole) {
  std::map<std::string, CellResult> results;
  for (const auto& [id, part] : joined.from)
    results.emplace(id, part->cells.at(id));
  report::RunReport report = assemble(whole, std::move(results));
  const plan::Filter& filter = parts.front().manifest.filter;
  report.filters = {filter.kernels, filter.topologies, filter.cases, filter.ids};
  for (const Part& part : parts) {
    const report::Part told = part_of_report(part, joined);
    if (report.started.empty() || told.started < report.started) report.started = told.started;
    report.ended = std::max(report.ended, told.ended);
    report.interrupted |= told.interrupted && !report.unrun.empty();
    if (report.host.hostname.empty()) report.host = told.host;
    report.parts.push_back(told);
  }
  return report;
}

std::vector<std::string> tell_missing(const std::vector<Part>& parts,
                                      const report::RunReport& report) {
  constexpr std::size_t kNamed = 8;
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const model::Cell& cell : report.unrun) {
    std::string reason = "no part was to run it";
    for (const Part& part : parts)
      if (std::ranges::find(part.manifest.cells, cell.id) != part.manifest.cells.end())
        reason = fmt::format("{} has none", part.name);
    by_reason[reason].push_back(cell.id);
  }
  std::vector<std::string> lines;
  for (auto& [reason, ids] : by_reason) {
    const std::size_t count = ids.size();
    ids.resize(std::min(count, kNamed));
    lines.push_back(fmt::format("{} of the plan without a result, as {}: {}{}",
                                util::format_count(count, "cell"), reason, fmt::join(ids, ", "),
                                count > kNamed ? ", ..." : ""));
  }
  return lines;
}

}  // namespace kproof::merge
