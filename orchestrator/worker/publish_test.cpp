#include "worker/publish.hpp"

#include <doctest/doctest.h>

#include "report/json.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "worker/nodes.hpp"

using namespace kproof;
namespace fs = std::filesystem;

namespace {

struct Finished {
  util::ScratchDir scratch{"kproof-publish-"};
  fs::path run = scratch.path() / "run", shared = scratch.path() / "shared";
  model::CellResult cell;

  Finished() {
    cell.id = "k/l1/mm/a";
    cell.files = {{"console", "cells/k/l1/mm/a/console.log"}, {"config", "kernels/k.config"}};
    cell.discounted = {{.directory = "cells/k/l1/mm/a.attempt-1"}};
    write("cells/k/l1/mm/a/console.log", "booted");
    write("cells/k/l1/mm/a.attempt-1/console.log", "reset");
    write("kernels/k.config", "CONFIG_X=y");
    report::write_cell(run / "cells/k/l1/mm/a", cell);
  }
  void write(const char* file, const char* text) const {
    fs::create_directories((run / file).parent_path());
    util::write_file_atomically(run / file, text);
  }
};

}  // namespace

TEST_CASE("a result is in place with all its files, or not at all") {
  const Finished f;
  CHECK(worker::publish(f.run, f.cell, f.shared));
  for (const char* file : {"cells/k/l1/mm/a/cell.json", "cells/k/l1/mm/a/console.log",
                           "cells/k/l1/mm/a.attempt-1/console.log", "kernels/k.config"})
    CHECK_MESSAGE(fs::exists(f.shared / file), file);
  CHECK(fs::is_empty(f.shared / "incoming"));
  CHECK(report::read_cell(f.shared / "cells/k/l1/mm/a").id == f.cell.id);
}

TEST_CASE("of two results of a cell the first stays") {
  const Finished f;
  CHECK(worker::publish(f.run, f.cell, f.shared));
  f.write("cells/k/l1/mm/a/console.log", "another");
  CHECK_FALSE(worker::publish(f.run, f.cell, f.shared));
  CHECK(util::read_file(f.shared / "cells/k/l1/mm/a/console.log") == "booted");
  CHECK(fs::is_empty(f.shared / "incoming"));
}

TEST_CASE("a result that cannot be written is a fault of the host, and nothing is in place") {
  const Finished f;
  fs::create_directories(f.shared);
  util::write_file_atomically(f.shared / "cells", "no directory");
  CHECK_THROWS_AS(worker::publish(f.run, f.cell, f.shared), HostError);
}

TEST_CASE("nodes that failed are named, with what is wrong") {
  const util::ScratchDir scratch("kproof-nodes-");
  CHECK(worker::node_faults(scratch.path()).empty());
  worker::write_node_fault(scratch.path(), "17_3-n1", "no guest boots here");
  const auto faults = worker::node_faults(scratch.path());
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].worker == "17_3-n1");
  CHECK(faults[0].what == "no guest boots here");
  CHECK(worker::workers_of(scratch.path()).empty());
  CHECK(worker::worker_name().find('/') == std::string::npos);
}
