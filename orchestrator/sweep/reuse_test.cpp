#include "sweep/reuse.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

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
    cell.inputs = "CPU 01; kvm parameters 0123; limits 02";
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
  const Finished finished(model::Verdict::hang);
  const Earlier earlier = earlier_result(finished.cell, finished.out.path());
  REQUIRE(earlier.kept);
  CHECK(earlier.kept->reused);
  CHECK(earlier.why_again.empty());
}

TEST_CASE("a cell runs again when an input is another, and the input is named") {
  Finished other(model::Verdict::pass);
  other.cell.inputs = "CPU 01; kvm parameters 9999; limits 02";
  const Earlier earlier = earlier_result(other.cell, other.out.path());
  CHECK(!earlier.kept);
  CHECK(earlier.why_again == "since the earlier run kvm parameters changed");
}

TEST_CASE("a miss and a broken cell run again though nothing is known to have changed") {
  for (const auto verdict : {model::Verdict::miss, model::Verdict::broken}) {
    const Finished finished(verdict);
    const Earlier earlier = earlier_result(finished.cell, finished.out.path());
    CHECK(!earlier.kept);
    CHECK(earlier.why_again == fmt::format("a {} is never kept", to_string(verdict)));
  }
}

TEST_CASE("half a result is none, and a cell without one has nothing to be told") {
  const Finished half(model::Verdict::pass);
  util::write_file_atomically(half.directory() / "cell.json", "{\"schema\": 1, ");
  const Earlier earlier = earlier_result(half.cell, half.out.path());
  CHECK(!earlier.kept);
  CHECK(earlier.why_again == "its cell.json cannot be read");
  std::filesystem::remove(half.directory() / "cell.json");
  CHECK(earlier_result(half.cell, half.out.path()).why_again.empty());
}

TEST_CASE("why cells run again is one line a reason") {
  CHECK(told_again({{"a miss is never kept", "k/a"},
                    {"since the earlier run QEMU changed", "k/b"},
                    {"since the earlier run QEMU changed", "k/c"},
                    {"since the earlier run QEMU changed", "k/d"},
                    {"since the earlier run QEMU changed", "k/e"}}) ==
        std::vector<std::string>{
            "a miss is never kept: 1 cell runs again (k/a)",
            "since the earlier run QEMU changed: 4 cells run again (k/b, k/c, k/d, ...)"});
}
