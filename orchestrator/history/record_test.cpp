#include "history/record.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "history/keep.hpp"
#include "report/json.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::history;
namespace fs = std::filesystem;

namespace {

model::CellResult measured(const std::string& kernel) {
  model::CellResult cell{.id = kernel + "/l1/mm/a@2",
                         .kernel = kernel,
                         .kernel_release = "6.1.0",
                         .topology = "l1",
                         .test = "mm/a",
                         .repetition = 2};
  cell.judgement = {.verdict = model::Verdict::pass, .reason = "ok", .expected = true};
  cell.metrics = {{"stall", 5, "us", 1, {4, 5, 6}}};
  cell.subtests = {{"write", model::Subtest::Result::ok, ""}};
  cell.levels = {{.memory = std::uint64_t{1} << 30}};
  cell.started = "2026-11-29T03:00:00Z";
  return cell;
}

report::RecordedRun written(const fs::path& directory, const report::RunReport& report) {
  util::write_file_atomically(directory / "results.json", report::results_to_json(report));
  return report::read_run(directory);
}

}  // namespace

TEST_CASE("a run directory becomes rows, with what tells two kernels of one name apart") {
  const util::ScratchDir scratch("kproof-record-");
  report::RunReport report{.host = {.hostname = "h", .cpu = "EPYC"},
                           .started = "2026-11-29T02:59:00Z"};
  report.plan.name = "p";
  report.plan.file = "plans/p.yaml";
  report.plan.metrics = {{"st*", 0.2}};
  report.plan.kernels = {
      {.name = "k",
       .label = "K",
       .source = model::BuildSource{.tree = model::GitRevision{"../linux", "v6.1"},
                                    .patches = {"a.mbox"}}}};
  report.cells = {measured("k")};
  fs::create_directories(scratch.path() / "kernels");
  util::write_file_atomically(scratch.path() / "kernels" / "k.config",
                              "CONFIG_X=y\nCONFIG_CC_VERSION_TEXT=\"gcc 12.2.0\"\n");
  const Run run = record_of(written(scratch.path(), report));
  CHECK(run.plan == "p");
  CHECK(run.file == "plans/p.yaml");
  CHECK(run.metrics == std::vector<model::WatchedMetric>{{"st*", 0.2}});
  REQUIRE(run.cells.size() == 1);
  const Cell& cell = run.cells[0];
  CHECK(cell.name == "k/l1/mm/a");
  CHECK(cell.repetition == 2);
  CHECK(cell.says == compare::Says::good);
  CHECK(cell.seen == std::vector<std::string>{"write"});
  REQUIRE(cell.figures.size() == 1);
  CHECK(cell.figures[0].samples == std::vector<double>{4, 5, 6});
  CHECK(cell.kernel.source == "../linux v6.1");
  CHECK(cell.kernel.patches == "a.mbox");
  CHECK(cell.kernel.compiler == "gcc 12.2.0");
  CHECK(cell.kernel.config.size() == 32);

  report.host.cpu = "Xeon";
  CHECK(record_of(written(scratch.path(), report)).cells[0].setting != cell.setting);
}

TEST_CASE("two places of one WARN are one sign of a history: lines move between kernels") {
  const util::ScratchDir scratch("kproof-record-");
  model::CellResult cell = measured("k");
  cell.judgement.verdict = model::Verdict::fail;
  for (const char* place : {"mm/a.c:1", "mm/a.c:2"})
    cell.findings.push_back({.title = "WARNING in f", .fingerprint = "11", .place = place});
  report::RunReport report{.started = "2026-11-29T02:59:00Z"};
  report.cells = {cell};
  const Run run = record_of(written(scratch.path(), report));
  CHECK(std::ranges::count(run.cells.at(0).signs, "WARNING in f", &compare::Sign::name) == 1);
}

TEST_CASE("of a run that was killed its finished cells count, and a bisection has one run a step") {
  const util::ScratchDir scratch("kproof-record-");
  const fs::path killed = scratch.path() / "steps" / "one";
  fs::create_directories(killed / "cells" / "k" / "l1");
  report::write_cell(killed / "cells" / "k" / "l1", measured("k"));
  CHECK(report::runs_below(scratch.path()) == std::vector<fs::path>{killed});
  const report::RecordedRun run = report::read_run(killed);
  CHECK(run.cells.size() == 1);
  CHECK(run.interrupted);
  CHECK(run.started == "2026-11-29T03:00:00Z");
}

TEST_CASE("what is no run, or of another schema, is refused with the next step") {
  const util::ScratchDir scratch("kproof-record-");
  CHECK_THROWS_WITH_AS(report::read_run(scratch.path()), doctest::Contains("is no run directory"),
                       ConfigError);
  util::write_file_atomically(scratch.path() / "results.json", R"({"schema": 2})");
  CHECK_THROWS_WITH_AS(report::read_run(scratch.path()), doctest::Contains("schema 2 is not 3"),
                       HostError);
}

TEST_CASE("steps of a bisection are kept, and belong to no cell") {
  const util::ScratchDir scratch("kproof-record-");
  const fs::path out = scratch.path() / "out", step = out / "revisions" / "a";
  report::RunReport report{.started = "2026-11-29T02:59:00Z"};
  report.cells = {measured("k")};
  fs::create_directories(step);
  written(step, report);
  std::string bisection = report::results_to_json({.started = "2026-11-29T02:58:00Z"});
  bisection.replace(bisection.find("\"run\""), 5, "\"bisect\"");
  util::write_file_atomically(out / "results.json", bisection);
  Store store = Store::open_to_write(scratch.path() / "history.sqlite");
  const Kept kept = keep(store, out);
  CHECK(kept.left_out.empty());
  CHECK(kept.cells == 1);
  CHECK(store.runs().at(0).kind == "step");
  CHECK(store.observations("k/l1/mm/a").empty());
}
