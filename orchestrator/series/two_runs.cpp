#include "series/two_runs.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "util/units.hpp"

namespace kproof::series {
using model::CellResult;

static std::set<std::string> kernels_in(const std::vector<CellResult>& cells) {
  std::set<std::string> names;
  for (const CellResult& cell : cells)
    names.insert(cell.kernel);
  return names;
}

static std::vector<std::string> without(const std::set<std::string>& all,
                                        const std::set<std::string>& others) {
  std::vector<std::string> rest;
  std::ranges::set_difference(all, others, std::back_inserter(rest));
  return rest;
}

static std::string machine_of(const CellResult& cell) {
  std::string text;
  for (const model::Level& level : cell.levels) {
    text += fmt::format("{} vcpus, {}, {}, {}, {}, {}; ", level.vcpus,
                        util::format_size(level.memory), to_string(level.backing),
                        to_string(level.mmu), level.preempt, fmt::join(level.cmdline, " "));
    for (const auto& [name, value] : level.params)
      text += fmt::format("{}={} ", name, value);
  }
  return text;
}

// Why these two, of one name, are not comparable.
static std::string difference_of(const CellResult& a, const CellResult& b) {
  if (a.args != b.args)
    return fmt::format("its arguments were `{}` and are `{}`", fmt::join(a.args, " "),
                       fmt::join(b.args, " "));
  if (const std::string before = machine_of(a), now = machine_of(b); before != now)
    return fmt::format("its machine was {}and is {}", before, now.substr(0, now.size() - 2));
  return "";
}

static std::string key_of(const CellResult& cell) {
  return fmt::format("{}/{}", cell.topology, cell.test);
}

static void take_apart(std::vector<CellResult>& a, std::vector<CellResult>& b, TwoRuns& runs) {
  std::set<std::string> apart;
  std::map<std::string, const CellResult*> first;
  for (const CellResult& cell : a)
    first.emplace(key_of(cell), &cell);
  for (const CellResult& cell : b) {
    const auto other = first.find(key_of(cell));
    if (other == first.end() || apart.contains(other->first)) continue;
    const std::string why = difference_of(*other->second, cell);
    if (why.empty()) continue;
    apart.insert(other->first);
    runs.apart.push_back({other->first, why});
  }
  const auto is_apart = [&](const CellResult& cell) { return apart.contains(key_of(cell)); };
  std::erase_if(a, is_apart);
  std::erase_if(b, is_apart);
}

static std::string hosts_apart(const model::HostFacts& a, const model::HostFacts& b) {
  const auto host = [](const model::HostFacts& h) {
    return fmt::format("{} by {}", h.cpu, h.accel == model::Accel::kvm ? "KVM" : "TCG");
  };
  if (host(a) == host(b)) return "";
  return fmt::format("A was measured on {}, and B on {}", host(a), host(b));
}

TwoRuns compare_runs(const OneRun& a, const OneRun& b,
                     const std::vector<model::WatchedMetric>& metrics) {
  TwoRuns runs{.figures_apart = hosts_apart(a.host, b.host),
               .same_whole_plan = a.plan == b.plan && !b.narrowed,
               .part_of_a = a.narrowed,
               .part_of_b = b.narrowed};
  const auto of_a = kernels_in(a.cells), of_b = kernels_in(b.cells);
  const auto only_a = without(of_a, of_b), only_b = without(of_b, of_a);
  const bool pair = only_a.size() == 1 && only_b.size() == 1;
  if (pair) runs.paired = fmt::format("{}, {}", only_a[0], only_b[0]);
  const auto as_row = [&](std::vector<CellResult> cells, const char* row) {
    for (CellResult& cell : cells) {
      const std::string kernel = pair && cell.kernel == only_a[0] ? only_b[0] : cell.kernel;
      cell.topology = fmt::format("{}/{}", kernel, cell.topology);
      cell.kernel = row;
    }
    return cells;
  };
  std::vector<CellResult> cells = as_row(a.cells, "A"), now = as_row(b.cells, "B");
  take_apart(cells, now, runs);
  cells.insert(cells.end(), now.begin(), now.end());
  static const std::vector<model::WatchedMetric> kAll{{.name = "*"}};
  runs.matrix = matrix_of({{"A", "A", ""}, {"B", "B", ""}}, cells,
                          !runs.figures_apart.empty() ? std::vector<model::WatchedMetric>{}
                          : metrics.empty()           ? kAll
                                                      : metrics);
  return runs;
}

Became became(const TwoRuns& runs, const Column& column) {
  if (column.entries[1].verdict.empty()) return runs.part_of_b ? Became::left_out : Became::gone;
  if (column.entries[0].verdict.empty()) return runs.part_of_a ? Became::left_out : Became::added;
  return Became::compared;
}

Worse worse(const TwoRuns& runs, const Column& column) {
  const Became now = became(runs, column);
  if (now == Became::gone) return runs.same_whole_plan ? Worse::yes : Worse::no;
  return now == Became::compared ? worse(column.entries[0], column.entries[1]) : Worse::no;
}

bool is_worse(const MetricColumn& column) {
  return is_worse(column.figures[1]);
}

std::string cell_of(const Column& column) {
  return fmt::format("{}/{}", column.topology, column.test);
}

}  // namespace kproof::series
