#include "sweep/retries.hpp"

#include <doctest/doctest.h>

using namespace kproof;
using namespace kproof::sweep;
using model::Verdict;

namespace {

class FinishedRun {
 public:
  void add(const std::string& id, unsigned repetition, Verdict verdict, bool expected,
           model::Blame blame = model::Blame::kernel) {
    cells.push_back({.cell = {.id = id, .repetition = repetition}});
    model::CellResult result{.id = id};
    result.judgement = {.verdict = verdict, .blame = blame, .reason = "", .expected = expected};
    results.push_back(std::move(result));
  }
  std::vector<std::string> again(unsigned times) const {
    std::vector<std::string> ids;
    for (const model::Cell& cell : retries_of(cells, results, times))
      ids.push_back(cell.id);
    return ids;
  }
  std::vector<PreparedCell> cells;
  std::vector<model::CellResult> results;
};

}  // namespace

TEST_CASE("what was not as expected runs again, as further repetitions, and nothing else does") {
  FinishedRun run;
  run.add("k/a", 1, Verdict::pass, true);
  run.add("k/b", 1, Verdict::fail, false);
  run.add("k/c", 1, Verdict::fail, true);
  run.add("k/d", 1, Verdict::crash, false);
  CHECK(run.again(0).empty());
  CHECK(run.again(1) == std::vector<std::string>{"k/b@2", "k/d@2"});
  CHECK(run.again(2) == std::vector<std::string>{"k/b@2", "k/d@2", "k/b@3", "k/d@3"});
}

TEST_CASE("a cell whose repetitions disagree runs again behind the last of them") {
  FinishedRun run;
  run.add("k/a", 1, Verdict::pass, true);
  run.add("k/a@2", 2, Verdict::fail, false);
  run.add("k/a@3", 3, Verdict::pass, true);
  CHECK(run.again(1) == std::vector<std::string>{"k/a@4"});
}

TEST_CASE("a fault of the host, and what did not run, is not retried") {
  FinishedRun run;
  run.add("k/a", 1, Verdict::broken, false, model::Blame::host);
  run.add("k/b", 1, Verdict::fail, false);
  run.results.pop_back();
  CHECK(run.again(3).empty());
}

TEST_CASE("until something is not as expected each round repeats all cells, behind the plan's") {
  FinishedRun run;
  const auto round = [&run](unsigned n) {
    std::vector<std::string> ids;
    for (const model::Cell& cell : round_of(run.cells, run.results, n))
      ids.push_back(cell.id);
    return ids;
  };
  run.add("k/a", 1, Verdict::pass, true);
  run.add("k/b", 1, Verdict::fail, true);
  run.add("k/b@2", 2, Verdict::fail, true);
  CHECK(round(1) == std::vector<std::string>{"k/a@2", "k/b@3"});
  CHECK(round(2) == std::vector<std::string>{"k/a@3", "k/b@4"});
  run.add("k/c", 1, Verdict::broken, false, model::Blame::host);
  CHECK(round(1).empty());
}
