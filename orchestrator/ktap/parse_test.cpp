#include "ktap/parse.hpp"

#include <string>

#include <doctest/doctest.h>

using kproof::ktap::parse;
using kproof::model::CaseReport;
using kproof::model::Subtest;

static const std::string kHead = "KTAP version 1\n";

// What is wrong with `body` behind a version line.
static std::string malformed(const std::string& body) {
  return parse(kHead + body).malformed;
}

TEST_CASE("a whole document gives its subtests, evidence and metrics") {
  const CaseReport report = parse(
      "KTAP version 1\n"
      "1..3\n"
      "# evidence mapping_is_pud: proven: 1 fault for 262144 pages\n"
      "# metric mprotect_rw_ro: 123.4 us\n"
      "ok 1 write after PROT_READ faults\n"
      "# write of word 0: no fault\n"
      "# and 8 more\n"
      "not ok 2 write after PROT_NONE faults\n"
      "ok 3 fork sees the data # SKIP no fork here\n");
  CHECK(report.malformed == "");
  REQUIRE(report.subtests.size() == 3);
  CHECK(report.subtests[0].name == "write after PROT_READ faults");
  CHECK(report.subtests[0].result == Subtest::Result::ok);
  CHECK(report.subtests[0].diagnostic == "");
  CHECK(report.subtests[1].result == Subtest::Result::not_ok);
  CHECK(report.subtests[1].diagnostic == "write of word 0: no fault\nand 8 more");
  CHECK(report.subtests[2].name == "fork sees the data");
  CHECK(report.subtests[2].result == Subtest::Result::skip);
  CHECK(report.subtests[2].diagnostic == "no fork here");
  REQUIRE(report.evidence.size() == 1);
  CHECK(report.evidence[0].name == "mapping_is_pud");
  CHECK(report.evidence[0].proven);
  CHECK(report.evidence[0].fact == "1 fault for 262144 pages");
  REQUIRE(report.metrics.size() == 1);
  CHECK(report.metrics[0].value == doctest::Approx(123.4));
  CHECK(report.metrics[0].unit == "us");
}

TEST_CASE("a skip of the whole case has its reason and no subtests") {
  const CaseReport report = parse(kHead + "1..0 # SKIP no such device\n");
  CHECK(report.malformed == "");
  CHECK(report.skip_reason == "no such device");
  CHECK(report.subtests.empty());
}

TEST_CASE("a bail-out excuses missing results and a missing plan, not what comes after it") {
  CHECK(parse(kHead + "Bail out! no memory\n").bail_out == "no memory");
  CHECK(malformed("Bail out! no memory\n") == "");
  CHECK(malformed("1..3\nok 1 a\nBail out! no memory\n") == "");
  CHECK(malformed("1..2\nBail out! x\nok 1 a\n") == "line 4: a result after the bail-out");
  CHECK(malformed("Bail out! x\nBail out! y\n") == "line 3: a second bail-out");
  CHECK(parse(kHead + "Bail out!\n").bail_out == "no reason given");
}

TEST_CASE("nothing at all is malformed") {
  CHECK(parse("").malformed == "line 1: the end, and no \"KTAP version 1\" line");
  CHECK(malformed("") == "line 2: the end, and no plan");
}

TEST_CASE("fewer results than planned are malformed, and what was read is kept") {
  const CaseReport report = parse(kHead + "1..3\nok 1 a\n");
  CHECK(report.malformed == "line 4: the end after 1 of 3 results");
  CHECK(report.subtests.size() == 1);
}

TEST_CASE("a plan is there once, before or behind the results, and says how many") {
  CHECK(malformed("ok 1 a\n") == "line 3: the end, and no plan");
  CHECK(malformed("ok 1 a\nok 2 b\n1..2\n") == "");
  CHECK(malformed("ok 1 a\n1..2\n") == "line 4: the end after 1 of 2 results");
  CHECK(malformed("ok 1 a\n1..2\nok 2 b\n") ==
        "line 4: a result after a plan that has results before it");
  CHECK(malformed("ok 1 a\nok 2 b\n1..1\n") == "line 4: a plan of 1 behind 2 results");
  CHECK(malformed("ok 1 a\n1..1") == "line 3: a plan that is cut short");
  CHECK(malformed("1..2 tests\nok 1 a\n") == "line 2: a plan with text behind its number");
  CHECK(malformed("1..1\n1..1\nok 1 a\n") == "line 3: a second plan");
  CHECK(malformed("1..x\nok 1 a\n") == "line 2: a plan without a number");
  CHECK(malformed("1..0\n") == "line 2: a plan of no tests without \"# SKIP reason\"");
  CHECK(malformed("1..99999999999999999999999\n") == "line 2: a plan without a number");
}

TEST_CASE("results are numbered from 1 without gaps or repeats, up to the plan") {
  CHECK(malformed("1..2\nok 1 a\nok 1 b\n") == "line 4: result 1 was there before");
  CHECK(malformed("1..2\nok 1 a\nok 3 b\n") == "line 4: result 3 where 2 was due");
  CHECK(malformed("1..1\nok 0 a\n") == "line 3: result 0 where 1 was due");
  CHECK(malformed("1..1\nok 1 a\nok 2 b\n") == "line 4: result 2 of 1 planned");
  CHECK(malformed("1..1\nok a\n") == "line 3: a result without a number");
}

TEST_CASE("a document without its version line is malformed") {
  CHECK(parse("1..1\nok 1 a\n").malformed == "line 1: before any \"KTAP version 1\" line");
}

TEST_CASE("binary data is malformed at its line, and never reaches a name") {
  CHECK(malformed(std::string("1..1\nok 1 a\0b\n", 14)) == "line 3: binary data");
  CHECK(malformed("1..1\nok 1 \xff\xfe\n") == "line 3: binary data");
  CHECK(malformed("1..1\n\xc0\x80\nok 1 a\n") == "line 3: binary data");
  CHECK(malformed("1..1\n\xed\xa0\x80\nok 1 a\n") == "line 3: binary data");
  CHECK(malformed("1..1\n\xe2\x82\nok 1 a\n") == "line 3: binary data");
  CHECK(parse(kHead + "1..1\nok 1 \xff\n").subtests.empty());
  CHECK(malformed("1..1\nok 1 4 \xc2\xb5s \xe2\x82\xac \xf0\x9f\x90\xa7\n") == "");
}

TEST_CASE("a result on a last line without newline may have been cut, other text may not") {
  CHECK(malformed("1..1\nok 1 a") == "line 3: a result that is cut short");
  CHECK(malformed("1..1\nok 1 a\nbye") == "");
}

TEST_CASE("text around and between the lines of a document is no fault") {
  CHECK(parse("hello\n" + kHead + "1..1\nsome text\nok 1 a\nokay then\nnot okay\n\n").malformed ==
        "");
  CHECK(parse("KTAP version 1\r\n1..1\r\nok 1 a\r\n").subtests.at(0).name == "a");
}

TEST_CASE("TAP 13 as kselftest prints it is read too") {
  const CaseReport report = parse("TAP version 13\n1..2\nok 1 - a # b\nok 2 c # skip why\n");
  CHECK(report.malformed == "");
  CHECK(report.subtests.at(0).name == "a # b");
  CHECK(report.subtests.at(1).diagnostic == "why");
}

TEST_CASE("of TAP a result needs no number, but the plan still counts") {
  const CaseReport report = parse("TAP version 13\nok - a\nnot ok - 2nd\nok\n1..3\n");
  CHECK(report.malformed == "");
  REQUIRE(report.subtests.size() == 3);
  CHECK(report.subtests[1].name == "2nd");
  CHECK(report.subtests[2].name == "");
}

static Subtest only(const std::string& line) {
  const CaseReport report = parse(kHead + "1..1\n" + line + "\n");
  CAPTURE(line);
  CHECK(report.malformed == "");
  REQUIRE(report.subtests.size() == 1);
  return report.subtests[0];
}

TEST_CASE("a skip has many spellings, and all leave its reason whole") {
  for (const char* directive : {"# SKIP no X", "# skip no X", "# Skipped: no X", "# SKIPPED no X",
                                "#SKIP no X", "#\tSkip: no X"}) {
    const Subtest subtest = only(std::string("ok 1 a ") + directive);
    CHECK(subtest.result == Subtest::Result::skip);
    CHECK(subtest.diagnostic == "no X");
    CHECK(subtest.name == "a");
  }
  CHECK(only("ok 1 # SKIP").result == Subtest::Result::skip);
  CHECK(parse(kHead + "1..0 # Skipped: no X\n").skip_reason == "no X");
}

TEST_CASE("a word that begins like a directive is none, nor is a '#' inside a word or escaped") {
  for (const char* name : {"a #skiplist", "a # skipping", "a#SKIP", "issue#7 TODO", "a # b"}) {
    const Subtest subtest = only(std::string("ok 1 ") + name);
    CHECK(subtest.result == Subtest::Result::ok);
    CHECK(subtest.name == name);
  }
  CHECK(only("ok 1 a \\# SKIP b").result == Subtest::Result::ok);
  CHECK(only("ok 1 a \\# SKIP b").name == "a # SKIP b");
  CHECK(malformed("1..0 # skiplist\n") == "line 2: a plan of no tests without \"# SKIP reason\"");
}

TEST_CASE("a failure that was to be expected is no failure, and proves nothing") {
  const Subtest todo = only("not ok 1 a # TODO not yet"), xfail = only("ok 1 a # XFAIL known");
  CHECK(todo.result == Subtest::Result::skip);
  CHECK(todo.diagnostic == "expected to fail: not yet");
  CHECK(xfail.result == Subtest::Result::skip);
  CHECK(only("not ok 1 a # xfail known").result == Subtest::Result::skip);
  CHECK(only("ok 1 a # TODO works by now").result == Subtest::Result::ok);
}

TEST_CASE("a time-out or an error is a failure, whatever stands before it") {
  for (const char* line : {"not ok 1 a # TIMEOUT 45 seconds", "ok 1 a # TIMEOUT 45 seconds"}) {
    CHECK(only(line).result == Subtest::Result::not_ok);
    CHECK(only(line).diagnostic == "TIMEOUT 45 seconds");
    CHECK(only(line).name == "a");
  }
  CHECK(only("ok 1 a # ERROR no such file").result == Subtest::Result::not_ok);
}

// The result that stands around `inner`.
static Subtest around(const std::string& inner, const std::string& result = "ok 1 outer") {
  return only(inner + result);
}

TEST_CASE("a result is ok only if what is nested in it is") {
  using Result = Subtest::Result;
  CHECK(around("  1..2\n  ok 1 a\n  ok 2 b\n").result == Result::ok);
  const Subtest failed = around("  1..2\n  ok 1 a\n  not ok 2 b\n");
  CHECK(failed.result == Result::not_ok);
  CHECK(failed.diagnostic == "not ok 2 b");
  CHECK(around("  1..1\n    1..1\n    not ok 1 deep\n  ok 1 a\n").result == Result::not_ok);
  CHECK(around("\t1..2\n\tok 1 a\n").diagnostic == "1 of 2 nested results");
  CHECK(around("  1..1\n  Bail out! x\n").result == Result::not_ok);
  CHECK(around("  1..1\n  not ok 1 a # TIMEOUT\n", "ok 1 outer # SKIP x").result == Result::not_ok);
  const auto first = [](const std::string& inner) {
    return parse(kHead + "1..1\n" + inner + "ok 1 outer\n").subtests.at(0).result;
  };
  CHECK(first("  1..2\n  not ok 1 a # SKIP no X\n  ok 2 b\n") == Result::ok);
  CHECK(around("  1..1\n  not ok 1 a\n", "not ok 1 outer # TODO x").result == Result::skip);
  CHECK(first("  1..2\n    1..1\n    not ok 1 deep\n  not ok 1 a # XFAIL x\n  ok 2 b\n") ==
        Result::ok);
}

TEST_CASE("a result in which all was skipped is skipped, whatever it says") {
  const Subtest all = around("  1..2\n  ok 1 a # SKIP no X\n  ok 2 b # SKIP no Y\n");
  CHECK(all.result == Subtest::Result::skip);
  CHECK(all.diagnostic == "all 2 nested in it were: no X");
  CHECK(around("  1..1\n    1..1\n    ok 1 deep # SKIP no X\n  ok 1 a\n").result ==
        Subtest::Result::skip);
  CHECK(around("  1..1\n    1..1\n    ok 1 deep\n  ok 1 a\n").result == Subtest::Result::ok);
}

TEST_CASE("what was skipped inside of a result that is ok is a subtest, so that it can be told") {
  const CaseReport report =
      parse(kHead +
            "1..2\n  1..3\n  ok 1 a # SKIP no X\n    1..2\n    ok 1 p\n    ok 2 q # SKIP no Y\n"
            "  ok 2 b\n  ok 3 c\nok 1 outer\nok 2 next\n");
  CHECK(report.malformed == "");
  REQUIRE(report.subtests.size() == 4);
  CHECK(report.subtests[0].result == Subtest::Result::ok);
  CHECK(report.subtests[1].name == "outer / a");
  CHECK(report.subtests[1].result == Subtest::Result::skip);
  CHECK(report.subtests[2].name == "outer / q");
  CHECK(report.subtests[2].diagnostic == "no Y");
  CHECK(report.subtests[3].name == "next");
}

TEST_CASE("text that is indented and a YAML block are no results") {
  CHECK(around("  ---\n  message: 'x'\n  not ok 7 quoted\n  ...\n").result == Subtest::Result::ok);
  CHECK(around("  okay\n  not okay\n  1. first\n").result == Subtest::Result::ok);
}

TEST_CASE("kselftest's runner nests behind a '#', once a document begins there") {
  const std::string runner = "TAP version 13\n1..1\n# selftests: mm: x\n";
  const auto result = [&](const std::string& inner) {
    return parse(runner + inner + "ok 1 selftests: mm: x\n").subtests.at(0);
  };
  CHECK(result("# TAP version 13\n# 1..1\n# ok 1 a\n").result == Subtest::Result::ok);
  CHECK(result("# TAP version 13\n# 1..2\n# ok 1 a\n# # why\n# not ok 2 b\n").result ==
        Subtest::Result::not_ok);
  CHECK(result("# TAP version 13\n# 1..2\n# ok 1 a\n").diagnostic.find("1 of 2 nested") !=
        std::string::npos);
  CHECK(result("# not ok 2 is what a maintainer once saw\n").result == Subtest::Result::ok);
}

TEST_CASE("KUnit's suites follow each other") {
  const CaseReport report = parse(
      "KTAP version 1\n1..2\n"
      "    KTAP version 1\n    # Subtest: one\n    # module: m\n    1..2\n"
      "    ok 1 a\n    ok 2 b # SKIP no X\n"
      "# one: pass:1 fail:0 skip:1 total:2\n# Totals: pass:1 fail:0 skip:1 total:2\n"
      "ok 1 one\n"
      "    KTAP version 1\n    # Subtest: two\n    1..1\n"
      "        KTAP version 1\n        # Subtest: params\n        ok 1 p\n        not ok 2 q\n"
      "    not ok 1 params\n"
      "not ok 2 two\n");
  CHECK(report.malformed == "");
  CHECK(report.subtests.at(0).result == Subtest::Result::ok);
  CHECK(report.subtests.at(1).name == "one / b");
  CHECK(report.subtests.at(2).diagnostic == "not ok 2 q\nnot ok 1 params");
}

TEST_CASE("a nested failure whose result never came is not lost") {
  const CaseReport report = parse(kHead + "1..1\n  1..3\n  ok 1 a\n  not ok 2 b\n");
  CHECK(report.malformed == "line 6: the end after 0 of 1 results");
  REQUIRE(report.subtests.size() == 1);
  CHECK(report.subtests[0].result == Subtest::Result::not_ok);
  CHECK(report.subtests[0].diagnostic == "not ok 2 b");
  CHECK(parse(kHead + "1..1\n  1..3\n  ok 1 a\n").subtests.empty());
}

TEST_CASE("of nested documents the enclosing result counts") {
  const CaseReport report = parse(kHead +
                                  "1..1\n"
                                  "  KTAP version 1\n"
                                  "  1..2\n"
                                  "  # evidence nested: proven: no\n"
                                  "  ok 1 inner\n"
                                  "  not ok 2 other\n"
                                  "not ok 1 outer\n");
  CHECK(report.malformed == "");
  REQUIRE(report.subtests.size() == 1);
  CHECK(report.subtests[0].name == "outer");
  CHECK(report.subtests[0].diagnostic == "not ok 2 other");
  CHECK(report.evidence.empty());
}

TEST_CASE("a skip is one, whichever word is before it: runners of old kernels said not ok") {
  const CaseReport report = parse(kHead + "1..1\nnot ok 1 a # SKIP b\n");
  CHECK(report.subtests.at(0).result == Subtest::Result::skip);
}

TEST_CASE("evidence said twice is proven only if both lines say so") {
  const std::string yes = "# evidence e: proven: first\n", no = "# evidence e: unproven: second\n";
  const auto expect_unproven = [](const std::string& lines) {
    const CaseReport report = parse(kHead + lines);
    REQUIRE(report.evidence.size() == 1);
    CHECK(!report.evidence[0].proven);
    CHECK(report.evidence[0].fact == "second");
  };
  expect_unproven(yes + no);
  expect_unproven(no + yes);
  CHECK(parse(kHead + yes + yes).evidence.at(0).proven);
}

TEST_CASE("an evidence or metric line that cannot be read is malformed") {
  CHECK(malformed("1..1\n# evidence e: surely\nok 1 a\n") ==
        "line 3: evidence that is neither \"proven:\" nor \"unproven:\"");
  CHECK(malformed("1..1\n# evidence proven\nok 1 a\n") == "line 3: evidence without a name");
  CHECK(malformed("1..1\n# metric m: fast us\nok 1 a\n") ==
        "line 3: a metric whose value is no number");
  CHECK(malformed("1..1\n# metric m: nan us\nok 1 a\n") ==
        "line 3: a metric whose value is no number");
  CHECK(malformed("1..1\n# metric 5 us\nok 1 a\n") == "line 3: a metric without a name");
}

TEST_CASE("only the first fault is told, and parsing goes on") {
  const CaseReport report = parse(kHead + "1..2\nok 2 a\n\xff\nok 3 b\n");
  CHECK(report.malformed == "line 3: result 2 where 1 was due");
  CHECK(report.subtests.size() == 2);
}
