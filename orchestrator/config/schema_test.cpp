// What editors complete and check plans with.
#include "testkit/schema.hpp"

#include <algorithm>
#include <charconv>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include "config/plan.hpp"
#include "util/files.hpp"

using namespace kproof;
using Json = nlohmann::json;
namespace fs = std::filesystem;

static const fs::path kPlanSchema = KPROOF_TEST_DIR "/plan.schema.json";
static const fs::path kShippedPlans = KPROOF_TEST_DIR "/../../ci/plans";

// As YAML 1.2 has scalars, which are texts where they are quoted.
static Json scalar(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() == "!") return text;
  if (text == "true" || text == "false") return text == "true";
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return text;
  if (text.find('.') != text.npos) return number;
  return std::stol(text);
}

static Json to_json(const YAML::Node& node) {
  if (node.IsScalar()) return scalar(node);
  Json json;
  if (node.IsSequence()) {
    json = Json::array();
    for (const auto& item : node)
      json.push_back(to_json(item));
  } else if (node.IsMap()) {
    json = Json::object();
    for (const auto& pair : node)
      json[pair.first.Scalar()] = to_json(pair.second);
  }
  return json;
}

static std::string errors_of(const std::string& yaml) {
  return testkit::schema_errors(to_json(YAML::Load(yaml)).dump(), kPlanSchema);
}

TEST_CASE("every plan that is shipped is as the schema says, and names it in its first line") {
  for (const auto& entry : fs::directory_iterator(kShippedPlans)) {
    if (entry.path().extension() != ".yaml" || entry.path().stem() == "known") continue;
    CAPTURE(entry.path().string());
    const std::string text = util::read_file(entry.path());
    CHECK(text.starts_with(
        "# yaml-language-server: $schema=../../orchestrator/config/plan.schema.json\n"));
    CHECK(errors_of(text) == "");
  }
}

TEST_CASE("the schema refuses what no plan has") {
  const std::string head = "schema: 1\nkernels: { a: { package: x } }\n";
  CHECK(errors_of(head + "cases: [mm/a]\n") == "");
  for (const char* wrong :
       {"casse: [mm/a]\n", "cases: []\n", "cases: [{ as: mm/a }]\n",
        "topologies: { l1: { mmu: both } }\n", "repetitions: 0\n",
        "matrix: { cover: some, axes: { mmu: [tdp] } }\n", "expect: [{ verdict: broken }]\n"})
    CHECK_MESSAGE(errors_of(head + wrong) != "", wrong);
}

// The text of each block between ```yaml and ```.
static std::vector<std::string> examples_of(const std::string& page) {
  std::vector<std::string> examples;
  static const std::string kOpens = "\n```yaml\n", kCloses = "\n```\n";
  for (std::size_t at = page.find(kOpens); at != page.npos; at = page.find(kOpens, at)) {
    const std::size_t end = page.find(kCloses, at += kOpens.size());
    examples.push_back(page.substr(at, end + 1 - at));
  }
  return examples;
}

TEST_CASE("every example of PLAN.md is a plan, without a warning, and as the schema says") {
  const auto examples = examples_of(util::read_file(KPROOF_TEST_DIR "/PLAN.md"));
  CHECK(examples.size() >= 7);
  for (const std::string& text : examples) {
    CAPTURE(text);
    CHECK(config::parse_plan(text, "page.yaml", "/home/me", {}).warnings.empty());
    CHECK(errors_of(text) == "");
  }
}
