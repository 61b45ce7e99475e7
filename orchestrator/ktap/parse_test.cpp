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

TEST_CASE("a plan is there once, before the results, and says how many") {
  CHECK(malformed("ok 1 a\n") == "line 2: a result before any plan");
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

TEST_CASE("a failed result is a failure, skip directive or not") {
  const CaseReport report = parse(kHead + "1..1\nnot ok 1 a # SKIP b\n");
  CHECK(report.subtests.at(0).result == Subtest::Result::not_ok);
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
