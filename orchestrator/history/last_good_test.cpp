#include "history/last_good.hpp"

#include <doctest/doctest.h>

#include "history/keep.hpp"
#include "report/json.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::history;
namespace fs = std::filesystem;

namespace {

struct Directories {
  util::ScratchDir scratch{"kproof-last-good-"};
  Store store = Store::open_to_write(scratch.path() / "history.sqlite");

  report::RunReport one(const std::string& started, model::Verdict verdict) {
    model::CellResult cell{.id = "k/l1/mm/a",
                           .kernel = "k",
                           .kernel_release = "6.1.0",
                           .kernel_origin = "linux-image-amd64 " + started.substr(0, 10),
                           .topology = "l1",
                           .test = "mm/a"};
    const bool good = verdict == model::Verdict::pass;
    cell.judgement = {.verdict = verdict,
                      .blame = good ? model::Blame::none : model::Blame::kernel,
                      .expected = good};
    cell.started = started;
    cell.files = {{"console", "cells/k/console.log"}, {"domain", "cells/k/domain.xml"}};
    report::RunReport report{.started = started, .directory = scratch.path() / started};
    report.cells = {cell};
    fs::create_directories(report.directory / "cells/k");
    util::write_file_atomically(report.directory / "cells/k/console.log", "said\n");
    util::write_file_atomically(report.directory / "results.json", report::results_to_json(report));
    keep(store, report.directory);
    return report;
  }
};

}  // namespace

using enum model::Verdict;

TEST_CASE("beside a cell that fails stand the logs of the last run in which it passed") {
  Directories runs;
  runs.one("2026-11-27T03:00:00Z", pass);
  const auto good = runs.one("2026-11-28T03:00:00Z", pass);
  runs.one("2026-11-29T03:00:00Z", crash);
  const auto bad = runs.one("2026-11-30T03:00:00Z", crash);
  const report::LastGoods found = last_goods(runs.store, bad);
  REQUIRE(found.contains("k/l1/mm/a"));
  const report::LastGood& last = found.at("k/l1/mm/a");
  CHECK(last.started == "2026-11-28T03:00:00Z");
  CHECK(last.kernel == "linux-image-amd64 2026-11-28");
  REQUIRE(last.logs.size() == 1);
  CHECK(last.logs.at("console") == good.directory / "cells/k/console.log");
}

TEST_CASE("logs that are gone are not linked, and that it passed is said all the same") {
  Directories runs;
  const auto thinned = runs.one("2026-11-27T03:00:00Z", pass);
  fs::remove(thinned.directory / "cells/k/console.log");
  const auto bad = runs.one("2026-11-28T03:00:00Z", crash);
  const report::LastGoods found = last_goods(runs.store, bad);
  CHECK(found.at("k/l1/mm/a").started == "2026-11-27T03:00:00Z");
  CHECK(found.at("k/l1/mm/a").logs.empty());
}

TEST_CASE("a run that is gone stands beside nothing: the last one that is there does") {
  Directories runs;
  runs.one("2026-11-27T03:00:00Z", pass);
  const auto gone = runs.one("2026-11-28T03:00:00Z", pass);
  const auto bad = runs.one("2026-11-29T03:00:00Z", crash);
  fs::remove_all(gone.directory);
  CHECK(last_goods(runs.store, bad).at("k/l1/mm/a").started == "2026-11-27T03:00:00Z");
}

TEST_CASE("a cell that never passed before, or is as expected, has nothing beside it") {
  Directories runs;
  const auto bad = runs.one("2026-11-27T03:00:00Z", crash);
  const auto good = runs.one("2026-11-28T03:00:00Z", pass);
  CHECK(last_goods(runs.store, bad).empty());
  CHECK(last_goods(runs.store, good).empty());
}
