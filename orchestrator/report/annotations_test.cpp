#include "report/annotations.hpp"

#include <algorithm>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "report/example_test.hpp"
#include "testkit/schema.hpp"

using namespace kproof;
using namespace kproof::report;

namespace {

const model::Finding kFinding{.title = "WARNING in zap",
                              .type = "WARNING",
                              .frame = "walk",
                              .fingerprint = "0011",
                              .start_line = 3,
                              .end_line = 9,
                              .excerpt = "WARNING: CPU: 0 PID: 1 at ./mm/zap.c:12 zap+0x1/0x2\n"};

const std::string kDecoded =
    "WARNING in zap, lines 1-2 of the console\n\n"
    " other+0x1/0x2\n          => walk (mm/other.c:1)\n\n"
    "WARNING in zap, L2, lines 3-9 of kmsg\n\n"
    " zap+0x1/0x2\n          => zap_pud (mm/zap.c:7), inlined into zap (mm/zap.c:12)\n"
    " walk+0x1/0x2\n          => step (mm/walk.c:3), inlined into walk (mm/walk.c:40)\n\n"
    "note: vmlinux is small\n";

std::string told_place(const std::optional<SourcePlace>& place) {
  return place ? fmt::format("{}:{}:{}", place->file, place->line, place->column) : "";
}

RunReport run_with(const model::Judgement& judgement) {
  RunReport report;
  report.plan.file = "ci/my plan.yaml";
  report.cells = {example_cell("k", "K", "mm/a", judgement)};
  return report;
}

const ReadRunFile kNoFiles = [](const std::string&) { return std::string(); };
const ReadRunFile kTraces = [](const std::string& path) {
  return path == "cells/k/l1/mm/a/decoded.log" ? kDecoded : "";
};

RunReport with_finding(const model::Finding& finding) {
  RunReport report =
      run_with({model::Verdict::fail, model::Blame::kernel, "finding: " + finding.title, false});
  report.cells[0].findings = {finding};
  report.cells[0].files["decoded"] = "cells/k/l1/mm/a/decoded.log";
  return report;
}

std::string only_command(const RunReport& report, const ReadRunFile& read) {
  const auto all = annotations_of(report, read);
  REQUIRE(all.size() == 1);
  return github_command(all[0]);
}

}  // namespace

TEST_CASE("a place is a file with a line, and perhaps a column") {
  CHECK(told_place(parse_place("plan.yaml:20:5")) == "plan.yaml:20:5");
  CHECK(told_place(parse_place("a:b.c:7")) == "a:b.c:7:0");
  for (const char* none : {"", "plan.yaml", "plan.yaml:", ":3", "a:0", "a:x:y", "a:1x"})
    CHECK(told_place(parse_place(none)).empty());
  CHECK(told_place(leading_place("p.yaml:3:8: unknown key: x")) == "p.yaml:3:8");
  CHECK(told_place(leading_place("cannot read p.yaml: no such file")).empty());
}

TEST_CASE("a finding is where the function that it blames was decoded, inlined or not") {
  model::Finding finding = kFinding;
  CHECK(told_place(place_of(finding, kDecoded)) == "mm/walk.c:40:0");
  finding.frame = "zap_pud";
  CHECK(told_place(place_of(finding, kDecoded)) == "mm/zap.c:7:0");
  finding.frame = "gone";  // the first frame that has a place
  CHECK(told_place(place_of(finding, kDecoded)) == "mm/zap.c:7:0");
}

TEST_CASE("without a trace a finding is where the kernel says, and else nowhere") {
  CHECK(told_place(place_of(kFinding, "")) == "mm/zap.c:12:0");
  model::Finding finding = kFinding;
  finding.excerpt = "mm/pgtable-generic.c:39: bad pud 1(2)\n";
  CHECK(told_place(place_of(finding, "")) == "mm/pgtable-generic.c:39:0");
  for (const char* nowhere : {"BUG: bad\n", "at /etc/x.c:1\n", "at ../x.c:1\n", "x.c:\n"}) {
    finding.excerpt = nowhere;
    CHECK(told_place(place_of(finding, "")).empty());
  }
}

TEST_CASE("GitHub is told of a finding at its source line, and what runs it again") {
  CHECK(only_command(with_finding(kFinding), kTraces) ==
        "::error file=mm/walk.c,line=40,title=WARNING in zap in k/l1/mm/a::finding: WARNING in zap"
        "%0Arun it again: kproof run 'ci/my plan.yaml' --kernel k --topology l1 --case mm/a%0A"
        "WARNING: CPU: 0 PID: 1 at ./mm/zap.c:12 zap+0x1/0x2%0A\n");
}

TEST_CASE(
    "a mistake of the configuration is at its line of the plan, a surprise where it was expected") {
  using model::Blame;
  using model::Verdict;
  auto report = run_with({Verdict::broken, Blame::config, "my.yaml:3:8: no such package", false});
  CHECK(only_command(report, kNoFiles).starts_with("::error file=my.yaml,line=3,col=8,title="));
  report = run_with({Verdict::pass, Blame::none, "expected fail, but this is pass", false});
  CHECK(only_command(report, kNoFiles).starts_with("::error file=ci/my plan.yaml,title="));
  report.cells[0].expectation.place = "ci/x,y.yaml:20:5";
  CHECK(only_command(report, kNoFiles).starts_with("::error file=ci/x%2Cy.yaml,line=20,col=5,"));
  report = run_with({Verdict::broken, Blame::host, "QEMU was killed", false});
  CHECK(only_command(report, kNoFiles).starts_with("::warning "));
  report.cells[0].judgement.expected = true;
  CHECK(annotations_of(run_with({Verdict::fail, Blame::kernel, "x", true}), kNoFiles).empty());
}

TEST_CASE("no guest can say a command of its own to GitHub") {
  model::Finding hostile = kFinding;
  hostile.title = "WARNING in f\n::error::x,title=y";
  hostile.excerpt = "\r\n::set-output name=a::b\n\x1b[2J%0A::error::x\n";
  const std::string command = only_command(with_finding(hostile), kNoFiles);
  CHECK(std::ranges::count(command, '\n') == 1);
  CHECK(command.ends_with('\n'));
  CHECK(command.find('\r') == std::string::npos);
  CHECK(command.find('\x1b') == std::string::npos);
  CHECK(command.find("%250A::error::x") != std::string::npos);
}

TEST_CASE("SARIF is as its schema says, and says the same") {
  const auto errors = [](const RunReport& report, const ReadRunFile& read) {
    return testkit::schema_errors(sarif_json(annotations_of(report, read)),
                                  KPROOF_TEST_DIR "/testdata/sarif.schema.json");
  };
  CHECK(errors(example_run(), kNoFiles) == "");
  CHECK(errors(with_finding(kFinding), kTraces) == "");
  CHECK(errors(RunReport{}, kNoFiles) == "");
  const auto json =
      nlohmann::json::parse(sarif_json(annotations_of(with_finding(kFinding), kTraces)));
  const auto& result = json.at("runs").at(0).at("results").at(0);
  CHECK(result.at("ruleId") == "finding/WARNING");
  CHECK(result.at("level") == "error");
  const auto& place = result.at("locations").at(0).at("physicalLocation");
  CHECK(place.at("artifactLocation").at("uri") == "mm/walk.c");
  CHECK(place.at("region").at("startLine") == 40);
  CHECK(result.at("partialFingerprints").at("kproof/v1") == "0011");
}
