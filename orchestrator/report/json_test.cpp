#include "report/json.hpp"

#include <cmath>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "report/example_test.hpp"
#include "report/schema_test.hpp"
#include "testkit/golden.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::report;

TEST_CASE("a cell reads back as it was written") {
  const auto cell = example_failure();
  const std::string json = cell_to_json(cell);
  CHECK(testkit::compare_golden(KPROOF_TEST_DIR "/testdata/cell.json", json) == "");
  const auto back = cell_from_json(json, "cell.json");
  CHECK(cell_to_json(back) == json);
  CHECK(back.id == cell.id);
  CHECK(back.test == cell.test);
  CHECK(back.judgement.verdict == model::Verdict::fail);
  CHECK(back.judgement.blame == model::Blame::kernel);
  CHECK(back.judgement.expected);
  CHECK(back.expectation.findings == cell.expectation.findings);
  CHECK(back.findings.at(0).source == model::Source::kmsg);
  CHECK(back.findings[0].excerpt == cell.findings[0].excerpt);
  CHECK(back.findings[0].culprit.cpu == 1);
  CHECK(back.findings[0].place == "mm/pgtable-generic.c:39");
  CHECK(back.findings[0].known.expired);
  CHECK(back.evidence.at(0).proven);
  CHECK(back.metrics.at(0).value == 123.5);
  CHECK(back.metrics.at(1).value == 125);
  CHECK(back.levels.at(0).mmu == model::Mmu::shadow);
  CHECK(back.levels[0].params == cell.levels[0].params);
  CHECK(back.command_lines == cell.command_lines);
  CHECK(back.unproven == cell.unproven);
  CHECK(back.subtests.at(2).result == model::Subtest::Result::skip);
  CHECK(back.phases.at(0).duration == util::Millis(3012));
  CHECK(back.files == cell.files);
  CHECK(back.hangs.at(0).kind == model::HangKind::hung_task);
  CHECK(back.hangs[0].missing == cell.hangs[0].missing);
}

TEST_CASE("evidence and metrics of one name are a list, of which all are kept") {
  model::CellResult cell;
  cell.evidence = {{"e", true, "first"}, {"e", false, "second"}};
  cell.metrics = {{"m", 1, "us"}, {"m", 2, "us"}};
  CHECK(nlohmann::json::parse(cell_to_json(cell)).at("metrics").at("m").size() == 2);
  const auto back = cell_from_json(cell_to_json(cell), "f");
  REQUIRE(back.evidence.size() == 2);
  CHECK(back.evidence[1].name == "e");
  CHECK(!back.evidence[1].proven);
  CHECK(back.metrics.at(1).value == 2);
}

TEST_CASE("bytes and numbers that JSON does not know are survived") {
  model::CellResult cell;
  cell.findings = {{.title = "\xff\x01", .excerpt = std::string("\0", 1)}};
  cell.metrics = {{"m", std::nan(""), ""}};
  const auto back = cell_from_json(cell_to_json(cell), "f");
  CHECK(back.findings.at(0).title == "\xEF\xBF\xBD\x01");
  CHECK(back.findings[0].excerpt == std::string("\0", 1));
  CHECK(std::isnan(back.metrics.at(0).value));
}

TEST_CASE("what is not a cell's result is refused by file and reason") {
  const std::string good = cell_to_json(example_failure());
  std::string word = good, schema = good;
  word.replace(word.find("\"fail\""), 6, "\"epic\"");
  schema.replace(schema.find("\"schema\": 3"), 11, "\"schema\": 1");
  for (const std::string& bad : {std::string(), std::string("{}"), good.substr(0, good.size() / 2),
                                 word, schema, std::string("[1]"), std::string("null")}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(cell_from_json(bad, "out/cell.json"), HostError);
  }
  try {
    cell_from_json(word, "out/cell.json");
  } catch (const HostError& error) {
    CHECK(error.what() ==
          std::string("out/cell.json is not the result of a cell: unknown word `epic`"));
  }
}

TEST_CASE("a cell lies in its directory as cell.json") {
  const util::ScratchDir scratch("report");
  write_cell(scratch.path(), example_failure());
  CHECK(read_cell(scratch.path()).id == "debian-6.1/l1/mm/dax_1g_mprotect");
}

TEST_CASE("results.json has the keys that its readers were promised") {
  auto report = example_run();
  report.interrupted = true;
  const std::string text = results_to_json(report);
  CHECK(testkit::compare_golden(KPROOF_TEST_DIR "/testdata/results.json", text) == "");
  const auto json = nlohmann::json::parse(text);
  CHECK(json.at("schema") == 3);
  CHECK(json.at("kind") == "run");
  CHECK(json.at("counts").at("unexpected") == 4);
  CHECK(json.at("counts").at("host") == 1);
  CHECK(json.at("counts").at("verdicts").at("skip") == 2);
  CHECK(json.at("interrupted") == true);
  CHECK(json.at("plan").at("name") == "quickstart");
  CHECK(json.at("host").at("accel") == "tcg");
  const auto& cell = json.at("cells").at(0);
  for (const char* key : {"id", "kernel", "topology", "case", "verdict", "expected", "reason",
                          "findings", "evidence", "metrics", "phases", "files"})
    CHECK_MESSAGE(cell.contains(key), key);
  CHECK(cell.at("evidence").at("mapping_is_pud").at(0).at("proven") == true);
  CHECK(cell.at("metrics").at("mprotect_ro_1g").at(0).at("unit") == "us");
}

TEST_CASE("numbers that do not fit are refused, as words are") {
  const std::string good = cell_to_json(example_failure());
  const auto with = [&](const std::string& key, const std::string& from, const std::string& to) {
    std::string text = good;
    const auto at = text.find("\"" + key + "\": " + from);
    REQUIRE(at != std::string::npos);
    return text.replace(at + key.size() + 4, from.size(), to);
  };
  for (const std::string& bad :
       {with("level", "1", "1e300"), with("level", "1", "99999999999"), with("count", "2", "-2"),
        with("seconds", "3.012", "1e300"), with("seconds", "3.012", "-1"),
        with("start_line", "412", "4.5"), with("repetition", "1", "null")}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(cell_from_json(bad, "f"), HostError);
  }
}

TEST_CASE("what is written is what results.schema.json says") {
  auto report = example_run();
  report.interrupted = true;
  report.unrun.push_back({.id = "mine/l1/mm/late"});
  check_schema(results_to_json(report));
  check_schema(results_to_json({}));
  report.shard = model::Shard{2, 3};
  report.parts = {
      {.directory = "out-1", .shard = model::Shard{1, 3}, .host = report.host, .cells = 4},
      {.directory = "out-2", .interrupted = true}};
  check_schema(results_to_json(report));
  check_schema(cell_to_json(example_failure()));
  check_schema(cell_to_json({}));
  model::CellResult odd;
  odd.metrics = {{"m", std::nan(""), "\xff"}};
  check_schema(cell_to_json(odd));
}

TEST_CASE("the schema refuses what is not written so") {
  for (const char* other : {R"({"schema": 3, "kind": "walk"})", R"({"schema": 3, "kind": "run"})",
                            R"({"schema": 1, "kind": "cell"})", "[]"})
    CHECK(schema_errors(other) != "");
}

TEST_CASE("a directory of results tells whose plan they are of") {
  const util::ScratchDir dir("kproof-json-test-");
  CHECK_FALSE(plan_in(dir.path()));
  RunReport report;
  report.plan.name = "nightly";
  util::write_file_atomically(dir.path() / "results.json", results_to_json(report));
  CHECK(plan_in(dir.path()) == "nightly");
  for (const char* other : {"", "{", "[]", "{\"plan\": 1}", "{\"plan\": {\"name\": 1}}"}) {
    util::write_file_atomically(dir.path() / "results.json", other);
    CHECK_FALSE(plan_in(dir.path()));
  }
}

TEST_CASE("how a run ended is read from its results, or told as unreadable") {
  const util::ScratchDir dir("kproof-json-test-");
  CHECK_FALSE(read_ended(dir.path()));
  auto report = example_run();
  report.interrupted = true;
  util::write_file_atomically(dir.path() / "results.json", results_to_json(report));
  const auto ended = read_ended(dir.path());
  REQUIRE(ended);
  CHECK(ended->kind == "run");
  CHECK(ended->started == report.started);
  CHECK(ended->interrupted);
  CHECK(ended->host.hostname == "host");
  CHECK(ended->cells.size() == report.cells.size());
  util::write_file_atomically(dir.path() / "results.json", "{}");
  CHECK_THROWS_AS(read_ended(dir.path()), HostError);
}
