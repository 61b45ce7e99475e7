#include "sweep/reuse.hpp"

#include <doctest/doctest.h>

#include "report/json.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::sweep;

// A finished cell on the disk, as run_cell leaves it.
struct Finished {
  util::ScratchDir out{"kproof-test-"};
  PreparedCell cell;
  explicit Finished(model::Verdict verdict) {
    cell.cell.id = "k/l1/mm/x";
    cell.inputs = "0123";
    std::filesystem::create_directories(directory());
    model::CellResult result;
    result.id = cell.cell.id;
    result.inputs = cell.inputs;
    result.judgement.verdict = verdict;
    report::write_cell(directory(), result);
  }
  std::filesystem::path directory() const { return out.path() / "cells" / cell.cell.id; }
};

TEST_CASE("a finished cell with the same inputs is kept, and says so") {
  const Finished finished(model::Verdict::pass);
  const auto kept = earlier_result(finished.cell, finished.out.path());
  REQUIRE(kept);
  CHECK(kept->reused);
}

TEST_CASE("other inputs, a broken cell, or half a file run again") {
  Finished other(model::Verdict::pass);
  other.cell.inputs = "4567";
  CHECK(!earlier_result(other.cell, other.out.path()));
  const Finished broken(model::Verdict::broken);
  CHECK(!earlier_result(broken.cell, broken.out.path()));
  const Finished half(model::Verdict::pass);
  util::write_file_atomically(half.directory() / "cell.json", "{\"schema\": 1, ");
  CHECK(!earlier_result(half.cell, half.out.path()));
}
