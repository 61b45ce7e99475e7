#include "report/config_bisect.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "report/junit.hpp"
#include "report/schema_test.hpp"

using namespace kproof;
using namespace kproof::report;
using bisect::Outcome;

static ConfigBisectReport example_of_configs() {
  ConfigBisectReport report{.plan = "p",
                            .kernel = "mine",
                            .source = "linux 6.1, 1 patch",
                            .good = "a.config, a config",
                            .bad = "fault, a fragment",
                            .signature = {"mm/a l1: finding: bad pud"},
                            .symbols = 64,
                            .groups = 62,
                            .following = 1,
                            .repetitions = 3,
                            .answer = ConfigAnswer::found};
  report.steps = {{0, "aaaaaaaaaaaa", false, {Outcome::good, "3 cells are as the plan expects"}},
                  {64, "dddddddddddd", false, {Outcome::bad, "mm/a: fail: bad pud", 3, 3}},
                  {32, "", true, {Outcome::skipped, "--bad: CONFIG_X=y became n: why"}},
                  {2, "cccccccccccc", false, {Outcome::bad, "mm/a: fail: bad pud", 3, 3}},
                  {62, "bbbbbbbbbbbb", false, {Outcome::good, "3 cells are as the plan expects"}}};
  report.causes = {{.options = {{"HZ", "100", "250"}},
                    .needed = {{"TIMERS", "n", "y"}},
                    .with = 3,
                    .fragment = "least-1.config"}};
  report.without = 4;
  report.next = "kproof build";
  report.host.hostname = "host";
  report.started = report.ended = "2026-11-29T08:31:48Z";
  return report;
}

TEST_CASE("a bisection of configs is told step by step, with the set and its proofs") {
  CHECK(render_config_bisect(example_of_configs(), {}) ==
        "good: a.config, a config\n"
        "bad:  fault, a fragment\n"
        "looked for: mm/a l1: finding: bad pud\n"
        "64 symbols differ and can be set, in 62 groups; 1 more follows from them\n"
        "\n"
        "step  as in --bad  config        outcome\n"
        "   1      0 of 64  aaaaaaaaaaaa  good     3 cells are as the plan expects\n"
        "   2     64 of 64  dddddddddddd  bad      mm/a: fail: bad pud\n"
        "   3     32 of 64                refused  --bad: CONFIG_X=y became n: why\n"
        "   4      2 of 64  cccccccccccc  bad      mm/a: fail: bad pud\n"
        "   5     62 of 64  bbbbbbbbbbbb  good     3 cells are as the plan expects\n"
        "\n"
        "This makes it appear:\n"
        "  CONFIG_HZ=250  (--good: 100)\n"
        "with what that needs:\n"
        "  CONFIG_TIMERS=y  (--good: is not set)\n"
        "\n"
        "proven both ways:\n"
        "  good + it = bad: step 4, configs/cccccccccccc\n"
        "  bad - it = good: step 5, configs/bbbbbbbbbbbb\n"
        "\n"
        "4 kernels, each case 3 times on each; 1 config refused\n"
        "next: kproof build\n");
}

TEST_CASE("several causes are told as any of them") {
  ConfigBisectReport report = example_of_configs();
  report.causes.push_back({.options = {{"NUMA", "y", "n"}}, .least = false, .with = 1});
  const std::string text = render_config_bisect(report, {});
  CHECK(text.find("Any of these makes it appear:\n1.\n  CONFIG_HZ=250") != std::string::npos);
  CHECK(text.find("2.\n  CONFIG_NUMA is not set  (--good: y)\n  (not all of these") !=
        std::string::npos);
  CHECK(text.find("  good + 2. = bad: step 2") != std::string::npos);
  CHECK(text.find("  bad - all of them = good: step 5") != std::string::npos);
}

TEST_CASE("no difference, a flaky case and an interruption claim no symbol") {
  for (const ConfigAnswer answer :
       {ConfigAnswer::no_difference, ConfigAnswer::flaky, ConfigAnswer::open}) {
    ConfigBisectReport report = example_of_configs();
    report.answer = answer;
    report.reason = "why";
    CHECK(render_config_bisect(report, {}).find("CONFIG_HZ") == std::string::npos);
  }
}

TEST_CASE("results.json and junit.xml of a bisection of configs") {
  const ConfigBisectReport report = example_of_configs();
  const auto json = nlohmann::json::parse(config_bisect_to_json(report));
  CHECK(json.at("kind") == "config-bisect");
  const auto& found = json.at("config_bisect");
  CHECK(found.at("answer") == "found");
  CHECK(found.at("kernels") == 4);
  CHECK(found.at("causes").at(0).at("symbols").at(0).at("symbol") == "HZ");
  CHECK(found.at("steps").at(2).at("outcome") == "refused");
  CHECK_FALSE(found.at("steps").at(2).contains("directory"));
  check_schema(config_bisect_to_json(report));
  check_schema(config_bisect_to_json({}));
  CHECK(junit_xml(report).find("tests=\"6\" failures=\"0\" errors=\"0\"") != std::string::npos);
  ConfigBisectReport unproven = report;
  unproven.answer = ConfigAnswer::unproven;
  CHECK(junit_xml(unproven).find("failures=\"1\"") != std::string::npos);
}
