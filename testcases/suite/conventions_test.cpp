// What the runner makes of a suite's words, and what kproof reads of that.
#include "suite/conventions.hpp"

#include <sstream>

#include <doctest/doctest.h>

#include "ktap/parse.hpp"

using namespace kproof;
using namespace kproof::suite;
using Result = model::Subtest::Result;

static model::CaseReport read(Convention convention, const std::string& printed, Ended ended,
                              int* exit_code = nullptr) {
  Document document(convention);
  std::string text = "KTAP version 1\n", line;
  for (std::istringstream lines(printed); std::getline(lines, line);)
    text += document.feed(line);
  const auto conclusion = document.conclude(ended);
  text += conclusion.lines;
  if (exit_code) *exit_code = conclusion.exit_code;
  CAPTURE(text);
  model::CaseReport report = ktap::parse(text);
  CHECK(report.malformed == "");
  return report;
}

static model::CaseReport selftest(const std::string& printed, Ended ended = {},
                                  int* exit_code = nullptr) {
  return read(Convention::kselftest, printed, ended, exit_code);
}

static std::string in_words(const model::CaseReport& report) {
  std::string words;
  for (const auto& subtest : report.subtests)
    words += (subtest.result == Result::ok       ? "ok "
              : subtest.result == Result::not_ok ? "not ok "
                                                 : "skip ") +
             subtest.name + "; ";
  return words;
}

TEST_CASE("a program that only exits passes by 0 and fails by anything else, with its last words") {
  int code = -1;
  CHECK(in_words(selftest("Testing guest mode: PA-bits:48\n", {}, &code)) ==
        "ok the program ends well; ");
  CHECK(code == 0);
  const auto failed =
      selftest("==== Test Assertion Failure ====\n  x.c:1: r == 0\n", {.code = 254}, &code);
  CHECK(in_words(failed) == "not ok the program ends well; ");
  CHECK(failed.subtests[0].diagnostic.find("x.c:1: r == 0") != std::string::npos);
  CHECK(failed.subtests[0].diagnostic.find("exit code 254") != std::string::npos);
  CHECK(code == 1);
}

TEST_CASE("a signal is a failure, whatever was printed before") {
  const auto report = selftest("1..1\nok 1 all is well\n", {.signal = 11});
  CHECK(in_words(report) == "ok all is well; not ok the program ends well; ");
  CHECK(report.subtests[1].diagnostic.find("killed by signal 11") != std::string::npos);
}

TEST_CASE("the results of a kselftest are subtests, and its exit code is one more") {
  CHECK(in_words(selftest("TAP version 13\n1..2\nok 1 a\nok 2 b # SKIP no huge pages\n"
                          "# Totals: pass:1 fail:0 xfail:0 xpass:0 skip:1 error:0\n")) ==
        "ok a; skip b; ok the program ends well; ");
  CHECK(in_words(selftest("TAP version 13\n1..2\nok 1 a\nnot ok 2 b\n", {.code = 1})) ==
        "ok a; not ok b; not ok the program ends well; ");
  CHECK(in_words(selftest("TAP version 13\nok 1 - a\nok 2 - b\n1..2\n")) ==
        "ok a; ok b; ok the program ends well; ");
}

TEST_CASE("results that were planned and did not come make a failure of exit code 0") {
  const auto report = selftest("TAP version 13\n1..3\nok 1 a\n");
  CHECK(in_words(report) == "ok a; not ok the program ends well; ");
  CHECK(report.subtests[1].diagnostic.find("1 of 3 planned results came") != std::string::npos);
}

TEST_CASE("TODO and XFAIL are neither a pass nor a failure") {
  int code = -1;
  CHECK(in_words(selftest("TAP version 13\n1..2\nnot ok 1 a # TODO later\nok 2 b # XFAIL known\n",
                          {}, &code)) == "skip a; skip b; ok the program ends well; ");
  CHECK(code == 0);
}

TEST_CASE("documents inside a document count, as kproof's reader has it") {
  const std::string nested =
      "KTAP version 1\n1..1\n  KTAP version 1\n  1..2\n  ok 1 x\n  not ok 2 y\nok 1 outer\n";
  CHECK(in_words(selftest(nested)) == "not ok outer; ok the program ends well; ");
}

TEST_CASE("a second document of the same program goes on counting") {
  CHECK(in_words(selftest("TAP version 13\n1..1\nok 1 a\nTAP version 13\n1..1\nok 1 b\n")) ==
        "ok a; ok b; ok the program ends well; ");
}

TEST_CASE("a skip of all has the program's reason") {
  int code = -1;
  auto report =
      selftest("TAP version 13\n1..0 # SKIP - KVM selftests needs /dev/kvm\n", {.code = 4}, &code);
  CHECK(report.skip_reason == "KVM selftests needs /dev/kvm");
  CHECK(code == 4);
  report = selftest("vm.nr_hugepages is 0\n", {.code = 4});
  CHECK(report.skip_reason == "exit code 4: vm.nr_hugepages is 0");
  CHECK(selftest("", {.code = 4}).skip_reason == "exit code 4: it says no reason");
  CHECK(in_words(selftest("TAP version 13\n1..1\nok 1 a\n", {.code = 4})) ==
        "ok a; skip the program ends well; ");
}

TEST_CASE("a bail-out is a failure with its reason, and nothing behind it is lost") {
  const auto report = selftest("TAP version 13\n1..2\nBail out! no memory\nok 1 a\n", {.code = 1});
  CHECK(in_words(report) == "ok a; not ok the program ends well; ");
  CHECK(report.bail_out == "");
  CHECK(report.subtests[1].diagnostic.find("it bailed out: no memory") != std::string::npos);
}

TEST_CASE("a program cannot say kproof's own words, nor break a line with control characters") {
  const auto report =
      selftest("# evidence guest_entered: proven: believe me\n# metric x: 1 us\n\x1b[31mred\x07\n");
  CHECK(report.evidence.empty());
  CHECK(report.metrics.empty());
}

TEST_CASE("kvm-unit-tests end by isa-debug-exit, and their lines are subtests") {
  const auto unit = [](const std::string& printed, int code, int* exit_code = nullptr) {
    return read(Convention::kvm_unit_tests, printed, {.code = code}, exit_code);
  };
  int code = -1;
  CHECK(in_words(unit("enabling apic\nPASS: apic existence\nSKIP: tsc deadline (no)\n"
                      "XFAIL: old bug\nSUMMARY: 3 tests, 1 expected failures, 1 skipped\n",
                      1, &code)) ==
        "ok apic existence; skip tsc deadline (no); skip old bug; ok the program ends well; ");
  CHECK(code == 0);
  CHECK(in_words(unit("PASS: a\nFAIL: b\nSUMMARY: 2 tests, 1 unexpected failures\n", 3, &code)) ==
        "ok a; not ok b; not ok the program ends well; ");
  CHECK(code == 1);
  // QEMU that was told to quit, or a guest that powered off, shows nothing.
  CHECK(in_words(unit("PASS: a\n", 0)) == "ok a; not ok the program ends well; ");
  // What was cut off is not passed.
  CHECK(in_words(unit("PASS: a\nSUMMARY: 2 tests\n", 1)) == "ok a; not ok the program ends well; ");
  CHECK(unit("SUMMARY: 0 tests\n", 155, &code).skip_reason == "all of it is skipped");
  CHECK(code == 4);
}
