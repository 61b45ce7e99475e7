// How long a question takes of a large history, and adding a run to it: figures for ci/bench.
// Argument: a directory to work in.
#include <chrono>
#include <filesystem>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "history/cell_history.hpp"
#include "history/record.hpp"
#include "history/text.hpp"
#include "report/json.hpp"
#include "util/files.hpp"

using namespace kproof;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kRuns = 2000, kCells = 1000;

double seconds_of(const auto& work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

// Two million cells by SQL alone, in the order of the keys: as many by Store::add() would take an
// hour of a busy host. One in five measures a figure, one in a hundred shows a finding.
void make_large(const fs::path& file) {
  history::Store::open_to_write(file);
  SQLite::Database db(file.string(), SQLite::OPEN_READWRITE);
  db.exec(fmt::format(R"(
BEGIN;
DROP INDEX cell_started;
INSERT INTO host VALUES (1, '{{}}');
INSERT INTO word VALUES (1, 'setting'), (2, 'pass'), (3, 'everything was ok'), (4, 'write'), (5, '');
INSERT INTO kernel VALUES (1, 'k', 'K', '6.1', 'linux 6.1', '', '', '', '');
INSERT INTO sign VALUES (1, 1, 'WARNING in f', '0011223344556677');
INSERT INTO metric VALUES (1, 'stall', 'us', 0.05);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {0})
INSERT INTO run SELECT i, '/runs/' || i, 'nightly', 'run', 'kproof',
  strftime('%Y-%m-%dT%H:%M:%SZ', 1700000000 + i * 3600, 'unixepoch'), '', 0, 1, {1}, 0, 0, '' FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {1})
INSERT INTO point SELECT i, 'k/l1/mm/case_' || i FROM n;
INSERT INTO cell SELECT point.id, run.id, 1, 1, run.started, 1, 5, 1, 2, 3, 4, 0, 0, 1
  FROM point CROSS JOIN run ORDER BY 1, 2;
INSERT INTO shown SELECT point.id, run.id, 1, 1, 1 FROM point CROSS JOIN run
  WHERE (point.id + run.id) % 100 = 0 ORDER BY 1, 2;
INSERT INTO figure SELECT point.id, run.id, 1, 1, 1, 1000 + (run.id * 7919) % 100, '' FROM point
  CROSS JOIN run WHERE point.id % 5 = 0 ORDER BY 1, 2;
INSERT INTO sign_at SELECT 1, id FROM point;
INSERT INTO metric_at SELECT 1, id FROM point WHERE id % 5 = 0;
CREATE INDEX cell_started ON cell (point, started);
COMMIT;
PRAGMA wal_checkpoint(TRUNCATE);
)",
                      kRuns, kCells));
}

// A run directory as a run leaves it.
void make_run(const fs::path& directory) {
  report::RunReport report{.started = "2026-11-29T03:00:00Z", .directory = directory};
  report.plan.name = "nightly";
  for (std::size_t i = 1; i <= kCells; ++i) {
    model::CellResult cell{.id = fmt::format("k/l1/mm/case_{}", i),
                           .kernel = "k",
                           .topology = "l1",
                           .test = fmt::format("mm/case_{}", i)};
    cell.levels = {{}};
    cell.command_lines = {std::string(300, 'c')};
    cell.judgement = {
        .verdict = model::Verdict::pass, .reason = "everything was ok", .expected = true};
    for (int n = 0; n < 8; ++n)
      cell.subtests.push_back({fmt::format("subtest {}", n), model::Subtest::Result::ok, ""});
    for (int n = 0; n < 4; ++n)
      cell.evidence.push_back({fmt::format("fact_{}", n), true, "1 fault for 262144 pages"});
    cell.metrics = {{"stall", 1000.0 + static_cast<double>(i), "us", 1, {1000, 1001, 1002}}};
    if (i % 10 == 0) {
      cell.judgement.verdict = model::Verdict::fail;
      cell.findings = {{.title = fmt::format("WARNING in f{}", i),
                        .fingerprint = fmt::format("{:016x}", i),
                        .excerpt = std::string(4000, 'x')}};
    }
    cell.started = report.started;
    report.cells.push_back(std::move(cell));
  }
  report.planned = kCells;
  fs::create_directories(directory);
  util::write_file_atomically(directory / "results.json", report::results_to_json(report));
}

}  // namespace

int main(int argc, char** argv) {
  const fs::path work = argc > 1 ? argv[1] : ".", file = work / "history.sqlite";
  fmt::print("history_made: {:.1f} s\n", seconds_of([&] { make_large(file); }));
  fmt::print("history_size: {:.0f} MB\n", static_cast<double>(fs::file_size(file)) / 1e6);
  const auto question = [&](const std::string& cell) {
    const history::Store store = history::Store::open_to_read(file);
    const history::CellHistory past =
        history_of(cell, store.observations(cell), {.least_changes = store.least_changes()});
    return render(past).size() + past.moments.size();
  };
  std::size_t size = 0;
  fmt::print("history_question.first: {:.1f} ms\n",
             1e3 * seconds_of([&] { size = question("k/l1/mm/case_501"); }));
  fmt::print("history_question.plain: {:.1f} ms\n",
             1e3 * seconds_of([&] { size += question("k/l1/mm/case_502"); }));
  fmt::print("history_question.figures: {:.1f} ms\n",
             1e3 * seconds_of([&] { size += question("k/l1/mm/case_500"); }));
  make_run(work / "run");
  std::size_t added = 0;
  fmt::print("history_import.1000_cells: {:.2f} s\n", seconds_of([&] {
               history::Store store = history::Store::open_to_write(file);
               added = store.add(history::record_of(report::read_run(work / "run")));
             }));
  return added == kCells && size > 0 ? 0 : 1;
}
