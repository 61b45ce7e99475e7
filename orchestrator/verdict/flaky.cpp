#include "verdict/flaky.hpp"

#include <map>
#include <tuple>

#include <fmt/format.h>

namespace kproof::verdict {
using model::CellResult;
using model::Verdict;

// Of one cell, all repetitions that say something.
struct Repetitions {
  std::size_t all = 0;
  std::vector<CellResult*> others;  // by another verdict than the first
};

static void hold(const Repetitions& repetitions) {
  if (repetitions.others.empty()) return;
  const model::Expectation::Flaky& flaky = repetitions.others.front()->expectation.flaky;
  if (repetitions.others.size() <= repetitions.all * flaky.most / flaky.of) return;
  for (CellResult* cell : repetitions.others) {
    cell->judgement.expected = false;
    cell->judgement.reason +=
        fmt::format("; {} of {} repetitions are no {}, and at most {}/{} may be ({})",
                    repetitions.others.size(), repetitions.all,
                    to_string(cell->expectation.verdict), flaky.most, flaky.of, flaky.link);
  }
}

void hold_to_rate(std::vector<CellResult>& cells) {
  std::map<std::tuple<std::string, std::string, std::string>, Repetitions> groups;
  for (CellResult& cell : cells) {
    if (cell.expectation.flaky.of == 0 || cell.judgement.verdict == Verdict::broken) continue;
    Repetitions& group = groups[{cell.kernel, cell.topology, cell.test}];
    ++group.all;
    if (cell.judgement.expected && cell.judgement.verdict != cell.expectation.verdict)
      group.others.push_back(&cell);
  }
  for (const auto& [name, group] : groups)
    hold(group);
}

}  // namespace kproof::verdict
