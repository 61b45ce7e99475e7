#include "report/junit.hpp"

#include <doctest/doctest.h>
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
  const auto result = util::run({.argv = {"xmllint", "--noout", "--schema",
                                          KPROOF_TEST_DIR "/testdata/junit.xsd", file.string()}});
  CHECK_MESSAGE(result.ok(), result.err);
}

TEST_CASE("junit.xml has the form that Jenkins and GitLab read") {
  const std::string xml = junit_xml(example_run());
  CHECK(testkit::compare_golden(KPROOF_TEST_DIR "/testdata/junit.xml", xml) == "");
  check_against_schema(xml);
  check_against_schema(junit_xml({}));
}

TEST_CASE("junit.xml counts what it holds") {
  pugi::xml_document document;
  REQUIRE(document.load_string(junit_xml(example_run()).c_str()));
  const auto root = document.child("testsuites");
  const auto count = [](pugi::xml_node node, const char* path) {
    return static_cast<int>(node.select_nodes(path).size());
  };
  CHECK(root.attribute("tests").as_int() == 8);
  CHECK(root.attribute("failures").as_int() == 3);
  CHECK(root.attribute("errors").as_int() == 1);
  CHECK(root.attribute("skipped").as_int() == 2);
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
  CHECK(story.find("fail (expected, 1 skipped): finding: bad pud") == 0);
  CHECK(story.find("6.1 cannot mprotect a huge PUD") != std::string::npos);
  CHECK(story.find("mm/pgtable-generic.c:39") != std::string::npos);
}

TEST_CASE("an unexpected pass or miss is a failure of that type, and broken is an error") {
  pugi::xml_document document;
  REQUIRE(document.load_string(junit_xml(example_run()).c_str()));
  const auto type_of = [&](const char* path) {
    return std::string(document.select_node(path).node().attribute("type").value());
  };
  CHECK(type_of("//testsuite[@name='mine/l1']/testcase[@name='dax_1g_mprotect']/failure") ==
        "pass");
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
