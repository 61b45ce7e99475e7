#include "report/summary.hpp"

#include <doctest/doctest.h>

#include "report/example_test.hpp"
#include "testkit/golden.hpp"

using namespace kproof;
using namespace kproof::report;

TEST_CASE("the end of a run is a table, a note for each cell that is no plain pass, and totals") {
  const std::string text = render_summary(example_run(), {});
  CHECK(testkit::compare_golden(KPROOF_TEST_DIR "/testdata/summary.txt", text) == "");
  CHECK(text.find('\033') == std::string::npos);
}

TEST_CASE("colours mark verdicts and change nothing else") {
  const auto report = example_run();
  std::string text = render_summary(report, {.terminal = true, .colour = true});
  CHECK(text.find("\033[32mfail (expected, 1 skipped, attempt 2)") != std::string::npos);
  CHECK(text.find("\033[31mcrash") != std::string::npos);
  CHECK(text.find("\033[33mskip") != std::string::npos);
  for (auto at = text.find('\033'); at != std::string::npos; at = text.find('\033'))
    text.erase(at, text.find('m', at) - at + 1);
  CHECK(text == render_summary(report, {}));
}

TEST_CASE("a run in which all passed has no notes") {
  RunReport report;
  report.cells = {example_cell("k", "K", "mm/a", {model::Verdict::pass, {}, "", true})};
  report.planned = 1;
  CHECK(render_summary(report, {}) ==
        "case  K\nmm/a  pass\n\n1 cell: 1 pass. Everything as expected.\n");
}

TEST_CASE("a run that is not complete never says that everything was as expected") {
  RunReport report;
  report.cells = {example_cell("k", "K", "mm/a", {model::Verdict::pass, {}, "", true})};
  report.cells[0].reused = true;
  report.planned = 3;
  CHECK(render_totals(report) == "1 cell: 1 pass (1 kept from an earlier run); 2 did not run.\n");
  report.interrupted = true;
  CHECK(render_totals(report) ==
        "1 cell: 1 pass (1 kept from an earlier run); 2 did not run. Interrupted.\n");
}

TEST_CASE("where each case runs on a kernel of its own, cells are listed") {
  RunReport report;
  const model::Judgement pass{model::Verdict::pass, {}, "", true};
  for (const char* name : {"a", "b", "c"})
    report.cells.push_back(example_cell(name, name, std::string("mm/") + name, pass));
  CHECK(render_table(report, {}) ==
        "cell       verdict\n"
        "a/l1/mm/a  pass\n"
        "b/l1/mm/b  pass\n"
        "c/l1/mm/c  pass\n");
}

TEST_CASE("several topologies are columns of their own, and what did not run is a dash") {
  RunReport report;
  report.plan.topologies = {{.name = "l1"}, {.name = "l2"}};
  const model::Judgement pass{model::Verdict::pass, {}, "", true};
  report.cells = {example_cell("k", "K", "mm/a", pass), example_cell("k", "K", "mm/b", pass),
                  example_cell("k", "K", "mm/a", pass)};
  report.cells[2].topology = "l2";
  report.cells[2].id = "k/l2/mm/a";
  CHECK(render_table(report, {}) ==
        "case  K / l1  K / l2\n"
        "mm/a  pass    pass\n"
        "mm/b  pass    -\n");
}

// Two cases on kernels of these labels.
static RunReport wide(const std::vector<std::string>& labels) {
  RunReport report;
  for (const std::string& label : labels)
    for (const char* name : {"mm/a", "mm/b"})
      report.cells.push_back(
          example_cell(label, label, name, {model::Verdict::pass, {}, "", true}));
  return report;
}

TEST_CASE("a table that is wider than the terminal is turned") {
  CHECK(render_table(wide({"Debian 6.1", "Debian 6.12", "mainline"}), {.width = 30}) ==
        "kernel       mm/a  mm/b\n"
        "Debian 6.1   pass  pass\n"
        "Debian 6.12  pass  pass\n"
        "mainline     pass  pass\n");
}

TEST_CASE("a table that is too wide in both ways is cut into pages") {
  CHECK(render_table(wide({"Debian 6.1", "Debian 6.12", "mainline"}), {.width = 22}) ==
        "case  Debian 6.1\n"
        "mm/a  pass\n"
        "mm/b  pass\n"
        "\n"
        "case  Debian 6.12\n"
        "mm/a  pass\n"
        "mm/b  pass\n"
        "\n"
        "case  mainline\n"
        "mm/a  pass\n"
        "mm/b  pass\n");
}

TEST_CASE("metrics that the plan names have a table of their own, a row for each case and metric") {
  RunReport report;
  report.plan.metrics = {{"stall_*"}};
  model::CellResult old, recent;
  old.kernel = "old", old.kernel_label = "Old", old.topology = "l1", old.test = "kvm/zap";
  old.id = "old/l1/kvm/zap";
  old.judgement.verdict = model::Verdict::pass;
  old.metrics = {{"stall_max", 73512.4, "us"}, {"pages", 9, ""}};
  recent = old;
  recent.kernel = "new", recent.kernel_label = "New", recent.id = "new/l1/kvm/zap";
  recent.metrics = {{"stall_max", 3.25, "us"}, {"stall_p50", 0.5, "us"}};
  report.cells = {old, recent};
  CHECK(render_metrics(report, {}) ==
        "metric                  Old    New\n"
        "kvm/zap stall_max (us)  73512  3.25\n"
        "kvm/zap stall_p50 (us)  -      0.5\n");
  report.plan.metrics = {};
  CHECK(render_metrics(report, {}) == "");
}

TEST_CASE("a pass that leaves subtests out is no plain pass, and is told with their reasons") {
  RunReport report;
  report.cells = {example_cell("k", "K", "mm/a", {model::Verdict::pass, {}, "", true})};
  report.cells[0].subtests = {{"one", model::Subtest::Result::ok, ""},
                              {"two", model::Subtest::Result::skip, "no swap"}};
  report.planned = 1;
  CHECK(render_summary(report, {}) ==
        "case  K\nmm/a  pass (1 skipped)\n\n"
        "Skipped subtests, of which these verdicts say nothing:\n  two: no swap\n    k/l1/mm/a\n\n"
        "1 cell: 1 pass; 1 subtest skipped in 1 cell. Everything as expected.\n");
}

namespace {
RunReport repeated(std::vector<model::Verdict> verdicts) {
  RunReport report;
  for (unsigned n = 1; n <= verdicts.size(); ++n) {
    const bool pass = verdicts[n - 1] == model::Verdict::pass;
    report.cells.push_back(example_cell("k", "K", "mm/a", {verdicts[n - 1], {}, "why", pass}));
    report.cells.back().repetition = n;
    if (n > 1) report.cells.back().id += "@" + std::to_string(n);
    report.cells.back().files["console"] = "cells/" + report.cells.back().id + "/console.log";
    report.cells.back().metrics = {{"stall", 10.0 * n, "us"}};
  }
  report.planned = report.cells.size();
  return report;
}
}  // namespace

TEST_CASE("repetitions are one row, counted, and flaky where they disagree") {
  using enum model::Verdict;
  CHECK(render_table(repeated({pass, pass, pass}), {}) == "case  K\nmm/a  pass 3/3\n");
  CHECK(render_table(repeated({pass, crash, pass}), {}) ==
        "case  K\nmm/a  flaky: pass 2/3, crash 1/3\n");
  CHECK(render_totals(repeated({pass, crash, pass})) ==
        "3 cells: 2 pass, 1 crash; 1 flaky. 1 unexpected.\n");
}

TEST_CASE("failing repetitions are named with their logs, and told once where they are alike") {
  using enum model::Verdict;
  CHECK(render_notes(repeated({pass, crash, pass, crash}), {}) ==
        "k/l1/mm/a@2: crash\n  why\n  log: cells/k/l1/mm/a@2/console.log\n"
        "  the same: k/l1/mm/a@4\n    log: cells/k/l1/mm/a@4/console.log\n");
}

TEST_CASE("a figure that is not above the noise says so") {
  RunReport report = repeated({model::Verdict::pass});
  report.plan.metrics = {{"stall*"}};
  report.cells[0].metrics = {{"stall_p50", 20, "us"},
                             {"stall_idle_p50", 30, "us"},
                             {"stall_max", 40, "us"},
                             {"stall_idle_max", 30, "us"}};
  CHECK(render_metrics(report, {}) ==
        "metric                    K\n"
        "mm/a stall_idle_max (us)  30\n"
        "mm/a stall_idle_p50 (us)  30\n"
        "mm/a stall_max (us)       40\n"
        "mm/a stall_p50 (us)       < 30 noise\n");
}

TEST_CASE("figures of repetitions are the median and range of those that prove them") {
  using enum model::Verdict;
  RunReport report = repeated({pass, pass, miss, pass});
  report.plan.metrics = {{"stall"}};
  CHECK(render_metrics(report, {}) == "metric           K\nmm/a stall (us)  20 [10 40] of 3\n");
}
