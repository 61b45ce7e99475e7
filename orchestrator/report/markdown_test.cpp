#include "report/markdown.hpp"

#include <doctest/doctest.h>

#include "report/example_test.hpp"
#include "testkit/golden.hpp"

using namespace kproof;
using namespace kproof::report;

TEST_CASE("a run for a mail has the verdict, the matrix, what is not as expected, and what ran") {
  CHECK(testkit::compare_golden(KPROOF_TEST_DIR "/testdata/markdown.md", markdown(example_run())) ==
        "");
}

TEST_CASE("nothing that a guest printed is markup in a mail") {
  RunReport report = example_run();
  model::CellResult& cell = report.cells.front();
  cell.judgement.expected = false;
  cell.judgement.reason = "a | b <img src=x> [link](http://x)";
  cell.findings = {{.title = "x", .excerpt = "```\n</code>````\nlast"}};
  const std::string text = markdown(report);
  CHECK(text.find("a \\| b \\<img src=x\\> \\[link\\](http\\://x)") != std::string::npos);
  CHECK(text.find("`````\n```\n</code>````\nlast\n`````\n") != std::string::npos);
}
