#include "sweep/faults.hpp"

#include <doctest/doctest.h>

#include "report/json.hpp"
#include "source/unbuildable.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::sweep;
namespace fs = std::filesystem;

template <class Thrown>
static Fault fault_of(const Thrown& thrown) {
  try {
    throw thrown;
  } catch (const std::exception&) {
    return current_fault();
  }
}

TEST_CASE("whose fault it is follows from what was thrown, and what to do is told with it") {
  const Fault build = fault_of(source::Unbuildable("k does not build", "look at its log"));
  CHECK(build.blame == model::Blame::config);
  CHECK_FALSE(build.usage);
  CHECK(build.text == "k does not build\nhint: look at its log");
  CHECK(fault_of(ConfigError("no such file")).usage);
  CHECK(fault_of(HostError("full")).blame == model::Blame::host);
  CHECK(fault_of(fs::filesystem_error("rename", {})).blame == model::Blame::host);
}

TEST_CASE("a stop is no fault of a cell") {
  CHECK_THROWS_AS(fault_of(Interrupted("stopped")), Interrupted);
}

TEST_CASE("the first words of a fault say what it is") {
  CHECK(first_words("disk full") == "disk full");
  CHECK(first_words("disk full\nhint: free some") == "disk full");
  CHECK(first_words("k does not build:\na.c:1: error: nope\n 1 | nope") ==
        "k does not build: a.c:1: error: nope");
}

TEST_CASE("a fault is a result of the cell, with nothing left of an earlier run") {
  const util::ScratchDir out("kproof-test-");
  PreparedCell cell{.cell = {.id = "k/l1/mm/x"}, .levels = std::vector<PreparedLevel>(1)};
  const fs::path directory = out.path() / "cells/k/l1/mm/x";
  fs::create_directories(directory);
  util::write_file_atomically(directory / "console.log", "of an earlier run");
  record_fault(cell, fault_of(HostError("no room", "make some")), out.path());
  CHECK_FALSE(fs::exists(directory / "console.log"));
  const model::CellResult result = report::read_cell(directory);
  CHECK(result.judgement.verdict == model::Verdict::broken);
  CHECK(result.judgement.blame == model::Blame::host);
  CHECK(result.judgement.reason == "no room");
  CHECK(util::read_file(out.path() / result.files.at("fault")) == "no room\nhint: make some\n");
}
