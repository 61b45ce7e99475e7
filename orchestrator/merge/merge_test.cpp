#include "merge/merge.hpp"

#include <doctest/doctest.h>

#include "manifest/manifest.hpp"
#include "report/json.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

using namespace kproof;
namespace fs = std::filesystem;
using model::Verdict;

namespace {

std::vector<std::string> no_cpu_models() {
  return {};
}

constexpr const char* kStarted = "2026-11-29T10:00:00Z";

// Run directories of the two halves of a plan of two cells, as `kproof run --shard` leaves them.
struct Halves {
  util::ScratchDir scratch{"kproof-merge-"};

  Halves() {
    for (const unsigned half : {1u, 2u})
      make(half);
  }
  fs::path at(unsigned half) const { return scratch.path() / std::to_string(half); }
  std::vector<std::string> names() const { return {at(1).string(), at(2).string()}; }
  fs::path cell(unsigned half) const {
    return at(half) / "cells/k/l1" / (half == 1 ? "mm/a" : "mm/b");
  }

 private:
  void make(unsigned half) const {
    const model::PlanTexts texts{
        {"/p.yaml", "schema: 1\nkernels: { k: { path: x } }\ncases: [mm/a, mm/b]\n"}};
    const model::Plan plan = config::read_plan(texts, no_cpu_models);
    const plan::Filter filter{.shard = model::Shard{half, 2}};
    const auto cells = plan::expand(plan, filter, {"mm/a", "mm/b"}).cells;
    report::RunReport report;
    report.plan = plan;
    report.planned = 1;
    report.started = kStarted;
    model::CellResult& result = report.cells.emplace_back();
    result.id = cells.at(0).id;
    result.kernel = "k";
    result.topology = "l1";
    result.test = cells[0].test.alias;
    result.started = "2026-11-29T10:00:01Z";
    result.judgement = {Verdict::pass, model::Blame::none, "", true};
    result.files = {{"console", "cells/" + result.id + "/console.log"}, {"config", "configs/k"}};
    fs::create_directories(cell(half));
    fs::create_directories(at(half) / "configs");
    util::write_file_atomically(cell(half) / "console.log", "booted");
    util::write_file_atomically(at(half) / "configs/k", "CONFIG_X=y");
    report::write_cell(cell(half), result);
    manifest::write(at(half),
                    manifest::make(plan, texts, filter, {"mm/a", "mm/b"}, cells, kStarted));
    util::write_file_atomically(at(half) / "results.json", report::results_to_json(report));
  }
};

}  // namespace

TEST_CASE("two halves become one directory with all that a run leaves") {
  const Halves halves;
  const fs::path out = halves.scratch.path() / "out";
  const auto merged = merge::merge(halves.names(), out, no_cpu_models);
  CHECK(merged.remarks.empty());
  CHECK(merged.report.cells.size() == 2);
  for (const char* file : {"results.json", "junit.xml", "report.html", "manifest.json", "configs/k",
                           "cells/k/l1/mm/a/console.log", "cells/k/l1/mm/b/cell.json"})
    CHECK_MESSAGE(fs::exists(out / file), file);
  const auto again = merge::merge({out.string()}, halves.scratch.path() / "again", no_cpu_models);
  CHECK(again.report.cells.size() == 2);
  CHECK(again.remarks.empty());
}

TEST_CASE("what has no whole result is told, and is not in the report") {
  const Halves halves;
  const auto remarks = [&](const char* out) {
    const auto merged = merge::merge(halves.names(), halves.scratch.path() / out, no_cpu_models);
    CHECK(merged.report.cells.size() == 1);
    CHECK(merged.report.unrun.size() == 1);
    return merged.remarks.at(0);
  };
  const std::string name = halves.at(2).string();
  SUBCASE("a torn cell.json") {
    util::write_file_atomically(halves.cell(2) / "cell.json", "{\"schema\"");
    CHECK(remarks("torn").starts_with(name + ": "));
    CHECK(remarks("torn2").find("is not the result of a cell") != std::string::npos);
  }
  SUBCASE("logs alone") {
    fs::remove(halves.cell(2) / "cell.json");
    CHECK(remarks("logs") == name + ": k/l1/mm/b has logs and no result");
  }
  SUBCASE("a result from before the last run, which was killed") {
    auto manifest = *manifest::read(halves.at(2));
    manifest.started = "2026-11-29T12:00:00Z";
    manifest::write(halves.at(2), manifest);
    CHECK(remarks("old") == name + ": its last run did not end");
  }
}

TEST_CASE("directories without a run, named twice, and an --out that is full are refused") {
  const Halves halves;
  const fs::path out = halves.scratch.path() / "out";
  const auto names = halves.names();
  CHECK_THROWS_AS(merge::merge({names[0], names[0]}, out, no_cpu_models), ConfigError);
  CHECK_THROWS_AS(merge::merge({halves.scratch.path().string()}, out, no_cpu_models), ConfigError);
  CHECK_THROWS_AS(merge::merge(names, halves.at(1), no_cpu_models), ConfigError);
}
