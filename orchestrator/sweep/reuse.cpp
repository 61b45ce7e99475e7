#include "sweep/reuse.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/inputs.hpp"
#include "report/json.hpp"
#include "run/files.hpp"
#include "util/error.hpp"

namespace kproof::sweep {

static std::string why_not(const model::CellResult& earlier, const PreparedCell& cell) {
  if (earlier.inputs != cell.inputs) {
    const auto names = model::differing_inputs(earlier.inputs, cell.inputs);
    return fmt::format("since the earlier run {} changed", fmt::join(names, ", "));
  }
  const model::Verdict verdict = earlier.judgement.verdict;
  if (verdict == model::Verdict::miss || verdict == model::Verdict::broken)
    return fmt::format("a {} is never kept", to_string(verdict));
  return "";
}

Earlier earlier_result(const PreparedCell& cell, const std::filesystem::path& out) {
  const run::CellFiles files{out / "cells" / cell.cell.id};
  if (!std::filesystem::exists(files.result())) return {};
  try {
    model::CellResult result = report::read_cell(files.dir);
    if (std::string why = why_not(result, cell); !why.empty())
      return {.kept = {}, .why_again = std::move(why)};
    result.reused = true;
    result.expectation =
        cell.cell.expectation;  // the same, as far as a cell by itself is judged by it
    return {.kept = std::move(result), .why_again = ""};
  } catch (const HostError&) {
    return {.kept = {}, .why_again = "its cell.json cannot be read"};
  }
}

std::vector<std::string> told_again(
    const std::vector<std::pair<std::string, std::string>>& why_and_cell) {
  constexpr std::size_t kNamed = 3;
  std::map<std::string, std::vector<std::string>> cells;
  for (const auto& [why, cell] : why_and_cell)
    cells[why].push_back(cell);
  std::vector<std::string> lines;
  for (auto& [why, names] : cells) {
    const std::size_t count = names.size();
    names.resize(std::min(count, kNamed));
    lines.push_back(fmt::format("{}: {} {} again ({}{})", why, count,
                                count == 1 ? "cell runs" : "cells run", fmt::join(names, ", "),
                                count > kNamed ? ", ..." : ""));
  }
  return lines;
}

}  // namespace kproof::sweep
