#include "report/junit.hpp"

#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pugixml.hpp>

#include "report/example_test.hpp"
#include "testkit/golden.hpp"
#include "util/files.hpp"
#include "util/subprocess.hpp"

using namespace kproof;
using namespace kproof::report;

// Needs xmllint of libxml2-utils, which libvirt's own schema tests need too.
static void check_against_schema(const std::string& xml) {
  const util::ScratchDir scratch("junit");
  const auto file = scratch.path() / "junit.xml";
  util::write_file_atomically(file, xml);
  for (const char* schema : {"junit.xsd", "junit-10.xsd"}) {
    const std::string path = std::string(KPROOF_TEST_DIR "/testdata/") + schema;
    const auto result =
        util::run({.argv = {"xmllint", "--noout", "--schema", path, file.string()}});
    CHECK_MESSAGE(result.ok(), result.err);
  }
}

TEST_CASE("junit.xml has the form that Jenkins and GitLab read") {
  const std::string xml = junit_xml(example_run());
  CHECK(testkit::compare_golden(KPROOF_TEST_DIR "/testdata/junit.xml", xml) == "");
  check_against_schema(xml);
  check_against_schema(junit_xml(RunReport{}));
  check_against_schema(junit_xml(BisectReport{}));
}

TEST_CASE("junit.xml counts what it holds") {
  pugi::xml_document document;
  REQUIRE(document.load_string(junit_xml(example_run()).c_str()));
  const auto root = document.child("testsuites");
  const auto count = [](pugi::xml_node node, const char* path) {
    return static_cast<int>(node.select_nodes(path).size());
  };
  CHECK(root.attribute("tests").as_int() == 13);  // 8 cells, 5 subtests
  CHECK(root.attribute("failures").as_int() == 4);
  CHECK(root.attribute("errors").as_int() == 1);
  CHECK(count(root, ".//skipped") == 3);
  CHECK(root.attribute("failures").as_int() == count(root, ".//failure"));
  for (const auto suite : root.children("testsuite")) {
    CHECK(suite.attribute("tests").as_int() == count(suite, "testcase"));
    CHECK(suite.attribute("failures").as_int() == count(suite, "testcase/failure"));
    CHECK(suite.attribute("errors").as_int() == count(suite, "testcase/error"));
    CHECK(suite.attribute("skipped").as_int() == count(suite, "testcase/skipped"));
  }
}

TEST_CASE("an expected failure is a passed test that tells its story") {
  pugi::xml_document document;
  REQUIRE(document.load_string(junit_xml(example_run()).c_str()));
  const auto test = document.select_node("//testcase[@name='dax_1g_mprotect']").node();
  CHECK(test.attribute("classname").value() == std::string("debian-6_1.l1.mm"));
  CHECK(!test.child("failure"));
  const std::string story = test.child("system-out").text().get();
  CHECK(story.find("fail (expected, 1 skipped, attempt 2): finding: bad pud") == 0);
  CHECK(story.find("6.1 cannot mprotect a huge PUD") != std::string::npos);
  CHECK(story.find("mm/pgtable-generic.c:39") != std::string::npos);
}

TEST_CASE("an unexpected pass, skip or miss is a failure of that type, and broken is an error") {
  pugi::xml_document document;
  REQUIRE(document.load_string(junit_xml(example_run()).c_str()));
  const auto type_of = [&](const char* path) {
    return std::string(document.select_node(path).node().attribute("type").value());
  };
  CHECK(type_of("//testsuite[@name='mine/l1']/testcase[@name='dax_1g_mprotect']/failure") ==
        "pass");
  CHECK(type_of("//testsuite[@name='mine/l1']/testcase[@name='gone']/failure") == "skip");
  CHECK(type_of("//testcase[@name='gone@2']/failure") == "miss");
  CHECK(type_of("//testcase[@name='host']/error") == "broken");
}

TEST_CASE("whatever a guest printed, junit.xml stays a document") {
  auto report = example_run();
  std::string bytes;
  for (int c = 0; c < 256; ++c)
    bytes += static_cast<char>(c);
  report.cells[0].findings[0].excerpt = bytes + "]]>\xED\xA0\x80\xEF\xBF\xBE\xF5";
  report.cells[0].judgement.reason = bytes;
  report.cells[0].judgement.expected = false;
  check_against_schema(junit_xml(report));
}

namespace {

struct Wrong {
  int failures = 0, errors = 0;
};

Wrong wrong_in(const RunReport& report) {
  const std::string xml = junit_xml(report);
  check_against_schema(xml);
  pugi::xml_document document;
  REQUIRE(document.load_string(xml.c_str()));
  const auto root = document.child("testsuites");
  return {root.attribute("failures").as_int(), root.attribute("errors").as_int()};
}

RunReport with(model::Judgement judgement) {
  RunReport report;
  report.cells = {example_cell("k", "K", "mm/a", std::move(judgement))};
  report.planned = 1;
  return report;
}

}  // namespace

TEST_CASE("a document is red where, and only where, the exit code is not 0") {
  using model::Blame;
  for (int v = 0; v <= static_cast<int>(model::Verdict::broken); ++v)
    for (const bool expected : {true, false}) {
      const auto verdict = static_cast<model::Verdict>(v);
      const Wrong wrong = wrong_in(with({verdict, Blame::kernel, "why", expected}));
      CAPTURE(v);
      CHECK(wrong.errors == (verdict == model::Verdict::broken));
      CHECK(wrong.failures == (verdict != model::Verdict::broken && !expected));
    }
}

TEST_CASE("cells that did not run are there, as errors, also of a suite of which none ran") {
  auto report = with({model::Verdict::pass, model::Blame::none, "", true});
  report.unrun = {{.id = "k/l1/mm/b", .kernel = {.name = "k"}, .topology = {.name = "l1"}},
                  {.id = "k2/l1/mm/a@2", .kernel = {.name = "k2"}, .topology = {.name = "l1"}}};
  CHECK(wrong_in(report).errors == 2);
  const std::string xml = junit_xml(report);
  CHECK(xml.find("<testcase classname=\"k2.l1.mm\" name=\"a@2\"") != std::string::npos);
  CHECK(xml.find("message=\"did not run\" type=\"unrun\"") != std::string::npos);
}

TEST_CASE("subtests are test cases, and those of a cell that proves nothing are skipped") {
  using Result = model::Subtest::Result;
  auto report = with({model::Verdict::fail, model::Blame::kernel, "not ok: b", false});
  report.cells[0].subtests = {{"a", Result::ok, ""},
                              {"b", Result::not_ok, "5 of 6"},
                              {"b", Result::skip, "no swap"},
                              {"", Result::ok, ""}};
  CHECK(wrong_in(report).failures == 2);
  const std::string xml = junit_xml(report);
  for (const char* name : {"a", "b", "b (2)", "subtest 4"})
    CHECK(xml.find("<testcase classname=\"k.l1.mm.a\" name=\"" + std::string(name) + "\"") !=
          std::string::npos);
  CHECK(xml.find("<failure message=\"not ok: 5 of 6\" type=\"not ok\">") != std::string::npos);
  report.cells[0].judgement.expected = true;
  CHECK(wrong_in(report).failures == 0);
  report.cells[0].judgement = {model::Verdict::broken, model::Blame::host, "QEMU was killed",
                               false};
  CHECK(wrong_in(report).failures == 0);
  CHECK(junit_xml(report).find("skipped message=\"ok; the cell is broken and proves nothing\"") !=
        std::string::npos);
}

TEST_CASE("no two tests have one name, though names were written differently in the plan") {
  RunReport report;
  for (const char* kernel : {"v6.1", "v6_1"}) {
    report.cells.push_back(
        example_cell(kernel, "K", "mm/a", {model::Verdict::pass, model::Blame::none, "", true}));
  }
  const std::string xml = junit_xml(report);
  CHECK(xml.find("classname=\"v6_1.l1.mm\" name=\"a\"") != std::string::npos);
  CHECK(xml.find("classname=\"v6_1.l1.mm\" name=\"a (2)\"") != std::string::npos);
}

TEST_CASE("junit.xml of a bisection has its revisions and its answer, red where there is none") {
  BisectReport report{.plan = "p",
                      .steps = {{"aaaa", "one", {bisect::Outcome::good, "fine"}},
                                {"bbbb", "two", {bisect::Outcome::skipped, "x\ny"}}},
                      .first_bad = {"bbbb"}};
  std::string xml = junit_xml(report);
  check_against_schema(xml);
  CHECK(xml.find("failures=\"0\"") != std::string::npos);
  CHECK(xml.find("<skipped message=\"x\"") != std::string::npos);
  report.first_bad.push_back("aaaa");
  xml = junit_xml(report);
  check_against_schema(xml);
  CHECK(xml.find("<failure message=\"one of 2 revisions\"") != std::string::npos);
}

TEST_CASE("no two tests have one name, though names differ only in what XML forbids") {
  using Result = model::Subtest::Result;
  auto report = with({model::Verdict::pass, model::Blame::none, "", true});
  report.cells[0].subtests = {{"a\x01", Result::ok, ""}, {"a\x02", Result::ok, ""}};
  pugi::xml_document document;
  REQUIRE(document.load_string(junit_xml(report).c_str()));
  std::set<std::string> names;
  for (const auto& test : document.select_nodes("//testcase"))
    CHECK(names.insert(test.node().attribute("name").value()).second);
}

TEST_CASE("of ten thousand cells with large findings a file has less than 30 MB, and all of them") {
  for (const bool expected : {true, false}) {
    auto report = with({model::Verdict::crash, model::Blame::kernel, "panic", expected});
    model::CellResult cell = report.cells[0];
    for (int i = 0; i < 4; ++i)
      cell.findings.push_back({.title = "panic", .excerpt = std::string(16 << 10, '<')});
    report.cells.clear();
    for (int i = 0; i < 10000; ++i) {
      report.cells.push_back(cell);
      report.cells.back().id = fmt::format("k/l1/mm/a_{}", i);
    }
    const std::string xml = junit_xml(report);
    CHECK(xml.size() < 30u << 20);
    pugi::xml_document document;
    REQUIRE(document.load_string(xml.c_str()));
    CHECK(document.select_nodes("//testcase").size() == 10000);
    CHECK(document.select_nodes("//failure").size() == (expected ? 0 : 10000));
    CHECK(xml.find("(cut: report.html and the logs have the rest)") != std::string::npos);
  }
}
