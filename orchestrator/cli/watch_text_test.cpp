#include "cli/watch_text.hpp"

#include <doctest/doctest.h>

using namespace kproof;
using namespace kproof::cli;
using namespace std::chrono_literals;

TEST_CASE("a save is told by its files, of which many are counted") {
  CHECK(files_as_text({}) == "the tree as it is");
  CHECK(files_as_text({"mm/a.c"}) == "mm/a.c");
  CHECK(files_as_text({"a", "b", "c", "d", "e"}) == "a, b, c and 2 more");
}

TEST_CASE("a cell is a line; one that is not as expected shows what failed, and its log") {
  model::CellResult cell{.id = "mine/l1-tdp/kvm/x"};
  cell.topology = "l1-tdp";
  cell.test = "kvm/x";
  cell.judgement = {
      .verdict = model::Verdict::pass, .blame = model::Blame::none, .reason = "", .expected = true};
  cell.phases = {{model::Phase::test, 1, 1500ms}};
  CHECK(cell_as_text(cell, "/out", {}) == "  pass kvm/x on l1-tdp (1.5s)\n");

  cell.topology = "l1";
  cell.judgement = {.verdict = model::Verdict::fail,
                    .blame = model::Blame::kernel,
                    .reason = "finding: bad pud",
                    .expected = false};
  cell.findings.push_back({.title = "bad pud", .excerpt = "one\ntwo\x1b[2J\nthree\nfour\n"});
  cell.files["console"] = "cells/k/console.log";
  const std::string text = cell_as_text(cell, "/out", {});
  CHECK(text.starts_with("  fail kvm/x (1.5s): finding: bad pud\n    | one\n    | two"));
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find("four") == std::string::npos);
  CHECK(text.ends_with("    log: /out/cells/k/console.log\n"));
}

TEST_CASE("the end of a round says how many cells were as expected, and how long it took") {
  CHECK(end_as_text({.cells = 5, .since_save = 14200ms}) ==
        "5 cells, all as expected; 14.2s after the save\n");
  CHECK(end_as_text({.cells = 1, .since_save = 900ms}).starts_with("1 cell, as expected; "));
  CHECK(end_as_text({.cells = 5, .unexpected = 2, .since_save = 1s})
            .starts_with("5 cells, 2 not as expected; "));
  CHECK(end_as_text({}).starts_with("no case ran; "));
}
