#include "sweep/inspection.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "util/error.hpp"

using namespace kproof;
using namespace kproof::sweep;

// Its case runs around a guest where there is one, in which another case runs.
static PreparedCell cell_of(std::size_t levels) {
  PreparedCell cell;
  cell.cell.id = "k/t/mm/some";
  cell.cell.topology = {.name = "t", .levels = std::vector<model::Level>(levels)};
  cell.cell.test.name = "mm/some";
  cell.levels.resize(levels);
  for (PreparedLevel& level : cell.levels)
    level.level = {.vcpus = 2, .memory = 1ull << 30};
  cell.levels.back().program = "mm/inside";
  cell.levels[levels > 1 ? levels - 2 : 0].program = "mm/some";
  return cell;
}

static bool says(const PreparedLevel& level, const std::string& word) {
  return std::ranges::find(level.level.cmdline, word) != level.level.cmdline.end();
}

static bool needs(const PreparedLevel& level, const std::string& symbol) {
  const auto& symbols = level.description.needs.kconfig;
  return std::ranges::find(symbols, symbol) != symbols.end();
}

TEST_CASE("a kernel whose memory is kept stands still where it panics, and warns but at the end") {
  for (const auto at : {run::CoreAt::first, run::CoreAt::finding, run::CoreAt::end}) {
    run::CoreKeeper core(at);
    const PreparedCell cell = inspected(cell_of(2), {.core = &core, .trace = nullptr});
    CHECK(says(cell.levels[0], "panic=0"));
    CHECK(says(cell.levels[0], "panic_on_warn=1") == (at != run::CoreAt::end));
    CHECK_FALSE(says(cell.levels[1], "panic=0"));
  }
}

TEST_CASE("the kernel of the cell's own case is traced, unless another level is named") {
  run::TraceKeeper keeper;
  Inspection inspection{.core = nullptr, .trace = &keeper};
  inspection.what = {.events = {"kvm:*"}, .probes = {}, .buffer = 4 << 20};
  PreparedCell cell = inspected(cell_of(3), inspection);
  CHECK(needs(cell.levels[1], "CONFIG_EVENT_TRACING"));
  CHECK_FALSE(needs(cell.levels[1], "CONFIG_KPROBE_EVENTS"));
  CHECK(cell.levels[2].description.needs.kconfig.empty());
  inspection.level = 1;
  inspection.what.probes = {"zap_huge_pud"};
  cell = inspected(cell_of(3), inspection);
  CHECK(needs(cell.levels[0], "CONFIG_KPROBE_EVENTS"));
  run::GuestJob job;
  job.levels.resize(3);
  put_inspection(job, cell, inspection);
  CHECK(job.traced == 0);
  CHECK(job.own_case == 1);
  CHECK(job.levels[0].job.trace->probes == inspection.what.probes);
  CHECK_FALSE(job.levels[1].job.trace);
}

TEST_CASE("a level that is not there, and buffers that have no room, are refused") {
  run::TraceKeeper keeper;
  Inspection inspection{.core = nullptr, .trace = &keeper};
  inspection.what.buffer = 4 << 20;
  inspection.level = 2;
  CHECK_THROWS_AS(inspected(cell_of(1), inspection), ConfigError);
  inspection.level = 1;
  inspection.what.buffer = 64 << 20;
  CHECK_THROWS_AS(inspected(cell_of(1), inspection), ConfigError);
}

TEST_CASE("a core lies in the cell's directory, or where it is wanted") {
  for (const std::string wanted : {"", "/tmp/core"}) {
    run::CoreKeeper core(run::CoreAt::first);
    run::GuestJob job;
    job.levels.resize(1);
    job.files = {"/out/cells/k/t/mm/some"};
    put_inspection(job, cell_of(1), {.core = &core, .trace = nullptr, .file = wanted});
    CHECK(core.file() == (wanted.empty() ? "/out/cells/k/t/mm/some/vmcore" : wanted));
    CHECK(job.guest.for_core);
  }
}
