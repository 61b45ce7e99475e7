#include "report/bisect.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "report/schema_test.hpp"

using namespace kproof;
using namespace kproof::report;
using bisect::Outcome;

static BisectReport example() {
  return {.plan = "p",
          .kernel = "mine",
          .repository = "/linux",
          .good = "aaaaaaaaaaaaaaaa",
          .bad = "dddddddddddddddd",
          .signature = {"mm/a l1: finding: bad pud"},
          .steps = {{"aaaaaaaaaaaaaaaa", "one", {Outcome::good, "1 cell is as the plan expects"}},
                    {"dddddddddddddddd", "four", {Outcome::bad, "mm/a: fail: bad pud"}},
                    {"cccccccccccccccc", "three", {Outcome::skipped, "does not build\nerror: x"}}},
          .host = {.hostname = "host"},
          .started = "2026-11-22T08:31:48Z",
          .ended = "2026-11-22T08:41:48Z",
          .first_bad = {"dddddddddddddddd"}};
}

TEST_CASE("a bisection is told step by step, with the first bad revision at the end") {
  CHECK(render_bisect(example(), {}) ==
        "looked for: mm/a l1: finding: bad pud\n"
        "aaaaaaaaaaaa  good     one\n              1 cell is as the plan expects\n"
        "dddddddddddd  bad      four\n              mm/a: fail: bad pud\n"
        "cccccccccccc  skipped  three\n              does not build\n"
        "\nThe first bad revision is\n  dddddddddddddddd four\n");
}

TEST_CASE(
    "a bisection that is left with skipped revisions names each that may be the first bad one") {
  BisectReport report = example();
  report.first_bad = {"cccccccccccccccc", "dddddddddddddddd"};
  const std::string text = render_bisect(report, {});
  CHECK(text.find(
            "The first bad one is any of\n  cccccccccccccccc three\n  dddddddddddddddd four\n") !=
        std::string::npos);
}

TEST_CASE("an interrupted bisection claims nothing") {
  BisectReport report = example();
  report.interrupted = true;
  CHECK(render_bisect(report, {}).find("first bad") == std::string::npos);
}

TEST_CASE("results.json of a bisection has its steps, and the plan's name where sweeps have it") {
  const auto json = nlohmann::json::parse(bisect_to_json(example()));
  CHECK(json.at("plan").at("name") == "p");
  const auto& bisect = json.at("bisect");
  CHECK(bisect.at("first_bad") == nlohmann::json({"dddddddddddddddd"}));
  CHECK(bisect.at("steps").at(2).at("outcome") == "skipped");
  CHECK(bisect.at("steps").at(2).at("reason") == "does not build\nerror: x");
  CHECK(bisect.at("steps").at(0).at("directory") == "revisions/aaaaaaaaaaaa");
  CHECK(json.at("kind") == "bisect");
  CHECK(bisect.at("signature") == nlohmann::json({"mm/a l1: finding: bad pud"}));
  check_schema(bisect_to_json(example()));
  check_schema(bisect_to_json({}));
}
