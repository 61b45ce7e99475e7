#include <optional>

#include <doctest/doctest.h>

#include "config/plan_text.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::config;
namespace fs = std::filesystem;

TEST_CASE("a plan is read again from its texts, when its files are gone") {
  std::optional<util::ScratchDir> scratch(std::in_place, "kproof-plan-texts-");
  const fs::path directory = scratch->path();
  fs::create_directories(directory / "deep");
  util::write_file_atomically(directory / "deep/common.yaml",
                              "schema: 1\nkernels: { old: { path: bzImage } }\n"
                              "known_issues: known.yaml\n");
  util::write_file_atomically(directory / "deep/known.yaml",
                              "schema: 1\nissues: [{ title: ^bad, link: https://l, reason: r, "
                              "until: 2037-01-31 }]\n");
  util::write_file_atomically(directory / "p.yaml",
                              "schema: 1\ninclude: [deep/common.yaml]\ncases: [mm/a]\n");
  model::PlanTexts texts;
  read_plan(directory / "p.yaml", cpu_models, &texts);
  scratch.reset();
  REQUIRE(texts.size() == 3);
  CHECK(texts.front().file == directory / "p.yaml");
  const model::Plan again = read_plan(texts, cpu_models);
  CHECK(again.name == "p");
  CHECK(again.kernels.at(0).name == "old");
  CHECK(std::get<model::PathSource>(again.kernels[0].source).path == directory / "deep/bzImage");
  CHECK(again.known_issues.size() == 1);
}
