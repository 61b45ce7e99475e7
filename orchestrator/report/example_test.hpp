// A run for the tests of this directory: one cell of each kind that reports tell apart.
#pragma once

#include "report/run_report.hpp"

namespace kproof::report {

inline model::CellResult example_cell(std::string kernel, std::string label, std::string test,
                                      model::Judgement judgement) {
  using namespace std::chrono_literals;
  model::CellResult cell;
  cell.id = kernel + "/l1/" + test;
  cell.kernel = std::move(kernel);
  cell.kernel_label = std::move(label);
  cell.kernel_release = "6.x-amd64";
  cell.kernel_origin = "linux-image 6.x";
  cell.topology = "l1";
  cell.test = std::move(test);
  cell.judgement = std::move(judgement);
  cell.phases = {{.phase = model::Phase::boot, .duration = 3012ms},
                 {.phase = model::Phase::test, .duration = 1500ms}};
  cell.files = {{"console", "cells/" + cell.id + "/console.log"}};
  cell.started = "2026-11-22T08:31:49Z";
  return cell;
}

// The quickstart's interesting cell, with every field set.
inline model::CellResult example_failure() {
  using namespace model;
  CellResult cell = example_cell("debian-6.1", "Debian 6.1", "mm/dax_1g_mprotect",
                                 {Verdict::fail, Blame::kernel,
                                  "finding: bad pud; not ok: write after PROT_READ faults", true});
  cell.expectation = {.kernel = {"debian-6.1"},
                      .test = {"mm/dax_1g_mprotect"},
                      .verdict = Verdict::fail,
                      .findings = {"^bad pud$"},
                      .subtests = {"^write after PROT_READ"},
                      .reason = "6.1 cannot mprotect a huge PUD",
                      .place = "quickstart.yaml:20:5"};
  cell.findings = {{.title = "bad pud",
                    .alt_titles = {"bad pud in mprotect"},
                    .type = "BUG",
                    .frame = "change_protection",
                    .culprit = {"zap_rmap", 1, "CPU 1 runs it"},
                    .fingerprint = "1f3a9c0011223344",
                    .place = "mm/pgtable-generic.c:39",
                    .known = {"https://lore", "leaf PUDs", "2027-01-31", "known.yaml:3:5", true},
                    .level = 1,
                    .source = Source::kmsg,
                    .start_line = 412,
                    .end_line = 412,
                    .excerpt = "mm/pgtable-generic.c:39: bad pud (84000001400008e7)\n",
                    .panicked = false,
                    .corrupted = true,
                    .corrupted_reason = "mixed",
                    .count = 2}};
  cell.args = {"--seconds", "1"};
  cell.levels = {{.cmdline = {"quiet"},
                  .mmu = Mmu::shadow,
                  .params = {{"kvm.nx_huge_pages", "off"}},
                  .preempt = "full"}};
  cell.command_lines = {"console=ttyS0 quiet kvm.nx_huge_pages=off preempt=full"};
  cell.unproven = {"mapping_is_huge"};
  cell.evidence = {{"mapping_is_pud", true, "1 fault for 262144 pages"}};
  cell.metrics = {{"mprotect_ro_1g", 123.5, "us"}, {"mprotect_ro_1g", 125, "us"}};
  cell.subtests = {{"write after PROT_READ faults", Subtest::Result::not_ok, "it did not"},
                   {"fork sees the data", Subtest::Result::ok, ""},
                   {"munmap", Subtest::Result::skip, "why"}};
  cell.inputs = "0123456789abcdef";
  cell.hangs = {{.level = 1,
                 .kind = HangKind::hung_task,
                 .agent_answers = true,
                 .reason = "a task hangs",
                 .cpus = {"CPU 0 is idle"},
                 .tasks = {"71 (case) D in pipe_read"},
                 .missing = {"NMI: no"}}};
  cell.discounted = {{Verdict::crash, "the guest was reset in phase boot, unasked",
                      "L1 was reset in phase boot without a word of its kernel",
                      "cells/" + cell.id + ".attempt-1"}};
  cell.files["hang"] = "cells/" + cell.id + "/hang.log";
  return cell;
}

inline RunReport example_run() {
  using namespace model;
  RunReport report;
  report.plan.name = "quickstart";
  report.plan.file = "ci/plans/quickstart.yaml";
  report.plan.kernels = {
      {.name = "debian-6.1", .label = "Debian 6.1", .source = PackageSource{"linux-image-amd64"}},
      {.name = "mine", .label = "内核", .source = PathSource{"/src/linux"}}};
  report.plan.topologies = {{.name = "l1", .levels = {model::Level{}}}};
  report.host = {
      .hostname = "host", .os = "Debian 12", .cores = 2, .accel_reason = "no vmx or svm"};
  report.started = "2026-11-22T08:31:48Z";
  report.ended = "2026-11-22T08:32:48Z";
  report.directory = "out";
  const auto add = [&](std::string kernel, std::string label, std::string test, Judgement j) {
    report.cells.push_back(example_cell(kernel, label, test, j));
  };
  report.cells.push_back(example_failure());
  add("debian-6.1", "Debian 6.1", "mm/thp_mprotect", {Verdict::pass, Blame::none, "1 of 2", true});
  report.cells.back().subtests = {{"fork sees the data", Subtest::Result::ok, ""},
                                  {"reclaim", Subtest::Result::skip, "no \033swap"}};
  add("debian-6.1", "Debian 6.1", "mm/gone", {Verdict::skip, Blame::config, "no nfit", true});
  add("mine", "内核", "mm/dax_1g_mprotect",
      {Verdict::pass, Blame::none, "4 of 4; expected fail, but this is pass", false});
  add("mine", "内核", "mm/thp_mprotect",
      {Verdict::crash, Blame::kernel, "the kernel panicked\033[2J", false});
  add("mine", "内核", "mm/gone", {Verdict::skip, Blame::config, "no nfit", false});
  add("mine", "内核", "mm/gone@2", {Verdict::miss, Blame::test, "evidence: x <missing>", false});
  add("mine", "内核", "mm/host", {Verdict::broken, Blame::host, "QEMU was killed", false});
  report.cells[6].test = "mm/gone";
  report.cells[6].repetition = 2;
  report.cells[4].findings = {{.title = "panic",
                               .excerpt = "1\n2\n3\n4\r\n5\n\x01"
                                          "6\n7\xff\n8\n"}};
  report.planned = report.cells.size();
  return report;
}

}  // namespace kproof::report
