#include "report/reply.hpp"

#include <sstream>

#include <doctest/doctest.h>

#include "util/utf8.hpp"

using namespace kproof;

static model::CellResult cell(const std::string& kernel, model::Verdict verdict) {
  model::CellResult cell{.id = kernel + "/l1/mm/a", .kernel = kernel, .topology = "l1"};
  cell.test = "mm/a";
  cell.kernel_release = "6.12.0-kproof";
  cell.kernel_origin = "/src/linux at 0123456789ab, tinyconfig + base + dax + kvm + lockup";
  cell.judgement.verdict = verdict;
  cell.judgement.expected = verdict == model::Verdict::pass;
  cell.files["console"] = "cells/" + std::string(80, 'x') + "/console.log";
  cell.metrics.push_back({.name = "stall", .unit = "us", .samples = {1, 2}});
  return cell;
}

TEST_CASE("a reply has the answer, the matrix, what ran and how to run it again, in 72 columns") {
  report::RunReport run;
  run.cells = {cell("before", model::Verdict::pass), cell("after", model::Verdict::fail)};
  run.host.os = "Debian GNU/Linux 12";
  run.host.qemu = "7.2.22";
  run.host.cpu = "AMD EPYC";
  run.series = series::matrix_of(
      {{"before", "0123456 mm: one", ""}, {"after", "with 2 patches", ""}}, run.cells, {});
  const std::string text =
      report::reply(run, series::answer_of(*run.series), "kproof check a.mbox");
  CAPTURE(text);
  for (const char* part :
       {"  before: 0123456 mm: one\n", "  after:  with 2 patches\n", "Worse: mm/a (pass -> fail).",
        "introduced", "6.12.0-kproof, of /src/linux", "TCG (no KVM) of AMD EPYC, QEMU 7.2.22",
        "\nAgain:\n  kproof check a.mbox\n"})
    CHECK(text.find(part) != std::string::npos);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    CHECK(util::display_width(line) <= 72);
}
