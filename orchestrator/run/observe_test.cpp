#include "run/observe.hpp"

#include <doctest/doctest.h>

#include "util/files.hpp"

using namespace kproof;

TEST_CASE("output that was not kept whole is no document, however well it looks") {
  const util::ScratchDir scratch("kproof-observe-test-");
  const run::CellFiles files{scratch.path()};
  util::write_file_atomically(files.ktap(), "KTAP version 1\n1..1\nok 1 a\n");
  CHECK(run::observe(files, "n").report.malformed.empty());
  const run::Observed cut = run::observe(files, "n", 5);
  CHECK(cut.report.malformed == "it printed 32 bytes; the last 5 were not kept");
  CHECK(cut.report.subtests.size() == 1);
}
