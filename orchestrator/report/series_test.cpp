#include "report/series.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "report/json.hpp"
#include "report/junit.hpp"
#include "report/markdown.hpp"
#include "report/read_run.hpp"
#include "report/schema_test.hpp"
#include "testkit/golden.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::report;
using model::Verdict;

namespace {
model::CellResult cell(std::size_t row, const std::string& test, Verdict verdict, int repetition) {
  model::CellResult cell;
  cell.kernel = row == 0 ? "k" : fmt::format("k+{}", row);
  cell.kernel_label = cell.kernel;
  cell.topology = "l1";
  cell.test = test;
  cell.id = fmt::format("{}/l1/{}{}", cell.kernel, test,
                        repetition == 1 ? "" : fmt::format("@{}", repetition));
  cell.judgement = {
      .verdict = verdict, .reason = "why", .expected = verdict == Verdict::pass || row == 0};
  cell.files = {{"console", "cells/" + cell.id + "/console.log"}};
  if (test == "mm/dax_1g_mprotect" && verdict == Verdict::pass)
    cell.subtests = {{"write after PROT_READ faults", model::Subtest::Result::ok, ""}};
  if (verdict == Verdict::fail) {
    cell.findings = {{.title = "bad pud", .excerpt = "bad pud\n"}};
    cell.subtests = {{"write after PROT_READ faults", model::Subtest::Result::not_ok, "no"}};
  }
  return cell;
}

RunReport finished(RunReport report, std::vector<series::Row> rows) {
  report.plan.name = "pud";
  report.plan.metrics = {{"stall_max"}};
  report.started = "2026-11-22T08:31:48Z";
  report.directory = "out";
  report.planned = report.cells.size();
  report.series = matrix_of(std::move(rows), report.cells, report.plan.metrics);
  return report;
}

// The three patches of the thread, and what they do to three cases.
RunReport three_patches() {
  RunReport report;
  for (std::size_t row = 0; row < 4; ++row)
    for (int n = 1; n <= 6; ++n) {
      report.cells.push_back(
          cell(row, "mm/dax_1g_mprotect", row < 3 ? Verdict::fail : Verdict::pass, n));
      report.cells.push_back(cell(row, "kvm/zap_stall", Verdict::pass, n));
      report.cells.back().metrics = {{"stall_max", row == 0 ? 64000.0 + n : 1100.0 + n, "us"}};
      report.cells.push_back(
          cell(row, "mm/thp_mprotect", row == 2 && n == 3 ? Verdict::crash : Verdict::pass, n));
    }
  return finished(std::move(report),
                  {{"k", "Debian 6.1, built small", ""},
                   {"k+1", "KVM: x86/mmu: yield while zapping for an mmu notifier", ""},
                   {"k+2", "mm/mprotect: push mmu notifications up to PUDs", ""},
                   {"k+3", "mm/mprotect: handle leaf PUDs", ""}});
}

// Nine patches and ten columns, of which the fourth does not build.
RunReport nine_patches() {
  RunReport report;
  std::vector<series::Row> rows{{"k", "Debian 6.1, built small", ""}};
  for (std::size_t row = 0; row < 10; ++row) {
    if (row > 0)
      rows.push_back({fmt::format("k+{}", row),
                      fmt::format("mm: a subject of the length that subjects have, the {}th", row),
                      ""});
    if (row == 4)
      rows.back().unbuilt =
          "mm/mprotect.c:7:3: error: 'nope' undeclared\nmm/mprotect.c was last touched by patch 4 "
          "of 9";
    for (std::size_t column = 0; column < 10 && row != 4; ++column) {
      const bool bad = row < column || (column == 2 && row == 8);
      report.cells.push_back(cell(row, fmt::format("kvm/stale_mapping_of_kind_{}", column),
                                  bad ? Verdict::fail : Verdict::pass, 1));
    }
  }
  return finished(std::move(report), std::move(rows));
}
}  // namespace

TEST_CASE("the series matrix is a row a patch, a column a case, and says what each patch changed") {
  const std::string text = render_series(three_patches(), {});
  CHECK(testkit::compare_golden(KPROOF_TEST_DIR "/testdata/series.txt", text) == "");
  CHECK(text.find('\033') == std::string::npos);
}

TEST_CASE(
    "nine patches by ten columns stay readable: numbered columns, no line wider than the "
    "terminal") {
  const std::string text = render_matrix(*nine_patches().series, {.width = 100});
  CHECK(testkit::compare_golden(KPROOF_TEST_DIR "/testdata/series_wide.txt", text) == "");
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
    CHECK(display_width(text.substr(at, text.find('\n', at) - at)) <= 100);
}

TEST_CASE("on a narrow terminal the matrix comes in blocks") {
  const std::string text = render_matrix(*nine_patches().series, {.width = 60});
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
    CHECK(display_width(text.substr(at, text.find('\n', at) - at)) <= 60);
  std::size_t heads = 0;
  for (std::size_t at = text.find("patch "); at != std::string::npos;
       at = text.find("patch ", at + 1))
    ++heads;
  CHECK(heads > 1);
}

TEST_CASE(
    "a row that does not build says so with the compiler's words, and who is to blame after it") {
  const std::string text = render_changes(nine_patches(), {});
  CHECK(text.find("4/9 mm: a subject of the length that subjects have, the 4th\n  does not build\n"
                  "  | mm/mprotect.c:7:3: error: 'nope' undeclared\n") != std::string::npos);
  CHECK(text.find("fixed kvm/stale_mapping_of_kind_4: fail -> pass (by 4-5/9)") !=
        std::string::npos);
}

TEST_CASE("colours change nothing but colours") {
  std::string text = render_series(three_patches(), {.terminal = true, .colour = true});
  CHECK(text.find("\033[32mfixed") != std::string::npos);
  for (auto at = text.find('\033'); at != std::string::npos; at = text.find('\033'))
    text.erase(at, text.find('m', at) - at + 1);
  CHECK(text == render_series(three_patches(), {}));
}

TEST_CASE("results.json has the matrix: rows, entries, figures and problems") {
  const std::string json = results_to_json(three_patches());
  check_schema(json);
  check_schema(results_to_json(nine_patches()));
  CHECK(testkit::compare_golden(KPROOF_TEST_DIR "/testdata/series.json",
                                json.substr(json.find("\n \"series\""))) == "");
}

TEST_CASE("junit.xml has a suite of the series, in which patches fail, and no cell fails besides") {
  const std::string xml = junit_xml(three_patches());
  CHECK(testkit::compare_golden(KPROOF_TEST_DIR "/testdata/series.xml",
                                xml.substr(xml.find("<testsuite name=\"pud/series\""))) == "");
  CHECK(xml.find("<failure") == xml.find("<failure", xml.find("pud/series")));
}

TEST_CASE("a series that is read back is the series that was told, in all formats") {
  const util::ScratchDir scratch("kproof-series-");
  RunReport series = nine_patches();
  series.directory = scratch.path();
  util::write_file_atomically(scratch.path() / "results.json", results_to_json(series));
  const RunReport back = report_of(read_run(scratch.path()));
  REQUIRE(back.series);
  CHECK(render_matrix(*back.series, {}) == render_matrix(*series.series, {}));
  CHECK(render_series_verdict(back, {}) == render_series_verdict(series, {}));
  const std::string mail = markdown(back);
  CHECK(mail.starts_with("## pud: "));
  CHECK(mail.find("Not clean") < mail.find('\n'));
  CHECK(mail.find("\n9/9 ") != mail.npos);
}

TEST_CASE("skipped subtests stand beside the verdicts of the matrix, with rows and reasons below") {
  RunReport report = three_patches();
  for (model::CellResult& one : report.cells)
    if (one.test == "kvm/zap_stall" && one.kernel != "k")
      one.subtests = {{"stays below", model::Subtest::Result::skip, "no limit"}};
  report = finished(std::move(report), report.series->rows);
  const std::string text = render_series(report, {});
  CHECK(text.find("changed (1 skipped)") != std::string::npos);
  CHECK(text.find("pass (1 skipped)") != std::string::npos);
  CHECK(text.find("\nSkipped subtests, of which these verdicts say nothing:\n"
                  "  kvm/zap_stall: stays below: no limit (1/3, 2/3, 3/3)\n") != std::string::npos);
  CHECK(text.find("  changed kvm/zap_stall: pass -> pass\n    new: skipped: stays below\n") !=
        std::string::npos);
  CHECK(results_to_json(report).find("\"stays below: no limit\"") != std::string::npos);
  CHECK(junit_xml(report).find("1/3 skips a subtest of kvm/zap_stall: stays below\n"
                               "changed: pass -&gt; pass\nnew: skipped: stays below\n"
                               "skipped: stays below: no limit</failure>") != std::string::npos);
}
