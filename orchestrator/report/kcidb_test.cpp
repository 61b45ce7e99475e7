#include "report/kcidb.hpp"

#include <set>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <re2/re2.h>

#include "report/example_test.hpp"
#include "testkit/golden.hpp"

using namespace kproof;
using namespace kproof::report;
using Json = nlohmann::json;

static RecordedRun recorded() {
  const RunReport example = example_run();
  RecordedRun run;
  run.directory = "/runs/1";
  run.kind = "run";
  run.plan = example.plan.name;
  run.started = example.started;
  run.host = example.host;
  run.cells = example.cells;
  return run;
}

static void check_no_nulls(const Json& json) {
  CHECK_FALSE(json.is_null());
  if (json.is_structured())
    for (const Json& one : json)
      check_no_nulls(one);
}

TEST_CASE("a run for KCIDB has a build for each kernel, a test for each cell, subtest and figure") {
  CHECK(testkit::compare_golden(KPROOF_TEST_DIR "/testdata/kcidb.json",
                                kcidb_json(recorded(), "kproof")) == "");
}

// What the table of anchors and the schema ask for.
TEST_CASE("each object has what KCIDB requires, and refers to what is there") {
  const Json json = Json::parse(kcidb_json(recorded(), "kproof_ci"));
  CHECK(json.at("version") == Json{{"major", 5}, {"minor", 3}});
  check_no_nulls(json);
  std::set<std::string> checkouts, builds, tests, issues;
  for (const Json& one : json.at("checkouts"))
    CHECK(checkouts.insert(one.at("id")).second);
  for (const Json& one : json.at("builds")) {
    CHECK(checkouts.contains(one.at("checkout_id")));
    CHECK(builds.insert(one.at("id")).second);
  }
  static const RE2 path("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");
  static const std::set<std::string> statuses{"FAIL", "ERROR", "MISS", "PASS", "DONE", "SKIP"};
  for (const Json& one : json.at("tests")) {
    CHECK(builds.contains(one.at("build_id")));
    CHECK(tests.insert(one.at("id")).second);
    CHECK(RE2::FullMatch(one.at("path").get<std::string>(), path));
    CHECK(statuses.contains(one.at("status")));
    CHECK(one.contains("number") == (one.at("status") == "DONE"));
    if (one.contains("log_excerpt")) CHECK(one["log_excerpt"].get<std::string>().size() <= 16384);
  }
  for (const Json& one : json.at("issues"))
    issues.insert(one.at("id"));
  for (const Json& one : json.at("incidents")) {
    CHECK(issues.contains(one.at("issue_id")));
    CHECK(tests.contains(one.at("test_id")));
  }
  for (const std::set<std::string>& ids : {checkouts, builds, tests, issues})
    for (const std::string& id : ids)
      CHECK(id.starts_with("kproof_ci:"));
}

TEST_CASE("the same run is the same submission, and another run's tests are others") {
  RecordedRun run = recorded();
  const std::string first = kcidb_json(run, "kproof");
  CHECK(kcidb_json(run, "kproof") == first);
  run.directory = "/runs/2";
  CHECK(Json::parse(kcidb_json(run, "kproof")).at("tests")[0].at("id") !=
        Json::parse(first).at("tests")[0].at("id"));
}

TEST_CASE("a path is of KCIDB's letters, whatever the name") {
  CHECK(kcidb_path("kproof/mm/thp_mprotect") == "kproof.mm.thp_mprotect");
  CHECK(kcidb_path("write after PROT_READ faults") == "write_after_PROT_READ_faults");
  CHECK(kcidb_path("/a//b.c/") == "a.b.c");
}
