#include "config/plan.hpp"

#include <cstdlib>

#include <fmt/format.h>

#include "config/document.hpp"
#include "config/known_issues.hpp"
#include "config/sections.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

namespace kproof::config {
namespace fs = std::filesystem;

static void read_limits(Problems& problems, const MaybeValue& value, model::Limits& limits) {
  if (!value) return;
  const Map map(problems, *value, {"boot", "silence", "poweroff", "console"});
  assign(limits.boot, duration(problems, map.find("boot")));
  assign(limits.silence, duration(problems, map.find("silence")));
  assign(limits.poweroff, duration(problems, map.find("poweroff")));
  // A boot alone prints some 100 KiB.
  assign(limits.console, size(problems, map.find("console"), {.min = 1u << 20, .multiple = 1}));
}

static void check_schema(Problems& problems, const MaybeValue& value) {
  const auto schema = text(problems, value);
  if (schema && *schema != "1")
    problems.add(value->mark, fmt::format("this program reads schema 1, not `{}`", *schema),
                 "write `schema: 1`, or use a newer kproof");
}

static void read_name(Problems& problems, const Value& root, const MaybeValue& value,
                      model::Plan& plan) {
  plan.name = plan.file.stem().string();
  assign(plan.name, text(problems, value));
  check_name(problems, value.value_or(root).mark, plan.name);
}

static model::Plan read_document(Problems& problems, const Value& root, const fs::path& file,
                                 const fs::path& home, const CpuModels& cpu_models) {
  model::Plan plan{.file = file};
  const Map map(problems, root,
                {"schema", "name", "kernels", "topologies", "cases", "repetitions", "limits",
                 "metrics", "bounds", "expect", "known_issues"});
  check_schema(problems, map.require("schema"));
  read_name(problems, root, map.find("name"), plan);
  read_kernels(problems, map.require("kernels"), {file.parent_path(), home}, plan);
  read_topologies(problems, map.find("topologies"), cpu_models, plan);
  read_cases(problems, map.require("cases"), plan);
  assign(plan.repetitions, number(problems, map.find("repetitions"), 1, kMaxRepetitions));
  read_limits(problems, map.find("limits"), plan.limits);
  plan.metrics = texts(problems, map.find("metrics"));
  read_bounds(problems, map.find("bounds"), plan);
  read_expectations(problems, map.find("expect"), plan);
  assign(plan.known_issues_file, text(problems, map.find("known_issues")));
  return plan;
}

model::Plan parse_plan(std::string_view text, const fs::path& file, const fs::path& home,
                       const CpuModels& cpu_models) {
  Problems problems(file.string(), text);
  const YAML::Node node =
      load_document(problems, std::string(text), "plan", "ci/plans/quickstart.yaml");
  model::Plan plan =
      read_document(problems, {node, node.Mark(), "the plan", node.Mark()}, file, home, cpu_models);
  problems.raise();
  plan.warnings = problems.warnings();
  return plan;
}

model::Plan read_plan(const fs::path& file, const CpuModels& cpu_models) {
  std::string text;
  try {
    text = util::read_file(file);
  } catch (const HostError& error) {
    throw ConfigError(error.what(), "name a plan, for example ci/plans/quickstart.yaml");
  }
  const char* home = std::getenv("HOME");
  model::Plan plan = parse_plan(text, file, home ? home : "/root", cpu_models);
  if (!plan.known_issues_file.empty())
    plan.known_issues =
        read_known_issues(file.parent_path() / plan.known_issues_file, plan.warnings);
  return plan;
}

}  // namespace kproof::config
