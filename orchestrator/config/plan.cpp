#include "config/plan.hpp"

#include <cstdlib>
#include <list>

#include <fmt/format.h>

#include "config/known_issues.hpp"
#include "config/matrix.hpp"
#include "config/plan_files.hpp"
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

namespace {

// One of the plan's files, being read.
struct Part {
  Problems& problems;
  Value root;
  Map map;
  Location location;
  std::vector<Axis> axes;  // of its matrix

  MaybeValue find(std::string_view key) const { return map.find(key); }
};

}  // namespace

static const std::vector<std::string>& plan_keys() {
  static const std::vector<std::string> kKeys{"schema",  "name",    "include",     "templates",
                                              "tree",    "kernels", "topologies",  "matrix",
                                              "suites",  "cases",   "repetitions", "limits",
                                              "metrics", "bounds",  "expect",      "known_issues"};
  return kKeys;
}

static void read_name(const Part& part, model::Plan& plan) {
  plan.name = plan.file.stem().string();
  const auto value = part.find("name");
  assign(plan.name, text(part.problems, value));
  check_name(part.problems, value.value_or(part.root).mark, plan.name);
}

// What is given once: the file that includes has the last word.
static void read_settings(const Part& part, model::Plan& plan) {
  Problems& problems = part.problems;
  check_schema(problems, part.map.require("schema"));
  assign(plan.repetitions, number(problems, part.find("repetitions"), 1, kMaxRepetitions));
  read_limits(problems, part.find("limits"), plan.limits);
  if (const auto file = text(problems, part.find("known_issues")))
    plan.known_issues_file = (part.location.directory / *file).lexically_normal().string();
}

// Kernels, then topologies, then all that names them, whichever file each stands in.
static void read_parts(std::list<Part>& parts, const CpuModels& cpu_models, model::Plan& plan) {
  for (const Part& part : parts)
    read_kernels(part.problems, part.find("kernels"), part.location, plan);
  for (const Part& part : parts)
    read_topologies(part.problems, part.find("topologies"), cpu_models, plan);
  for (Part& part : parts)
    part.axes = read_matrix(part.problems, part.find("matrix"), part.location, cpu_models, plan);
  for (const Part& part : parts)
    read_suites(part.problems, part.find("suites"), part.location, plan);
  if (plan.topologies.empty()) plan.topologies.push_back(default_topology(plan.file.string()));
  for (const Part& part : parts)
    read_cases(part.problems, part.find("cases"), plan);
  for (const Part& part : parts) {
    read_matrix_rules(part.problems, part.find("matrix"), part.axes, plan);
    read_watched_metrics(part.problems, part.find("metrics"), plan);
    read_bounds(part.problems, part.find("bounds"), plan);
    read_expectations(part.problems, part.find("expect"), plan);
  }
}

// `schema` alone would be a plan of nothing.
static void require_content(const Part& part, const model::Plan& plan) {
  if (plan.kernels.empty()) part.map.require("kernels");
  if (plan.cases.empty()) part.map.require("cases");
}

static model::PlanText as_read(const fs::path& file, const std::string& text) {
  return {fs::absolute(file).lexically_normal(), text};
}

static model::Plan parse_with(std::string_view text, const fs::path& file, const fs::path& home,
                              const CpuModels& cpu_models, const ReadFile& read,
                              model::PlanTexts& texts) {
  std::list<PlanFile> files = load_plan_files(file, std::string(text), plan_keys(), read);
  model::Plan plan{.file = file};
  std::list<Part> parts;
  for (PlanFile& one : files) {
    parts.push_back({one.problems,
                     one.root(),
                     Map(one.problems, one.root(), plan_keys()),
                     {one.file.parent_path(), home, {}},
                     {}});
    if (const auto tree = config::text(one.problems, parts.back().find("tree")))
      parts.back().location.tree = resolve(*tree, parts.back().location);
    read_settings(parts.back(), plan);
  }
  read_name(parts.back(), plan);
  read_parts(parts, cpu_models, plan);
  require_content(parts.back(), plan);
  for (const PlanFile& one : files) {
    one.problems.raise();
    const auto warnings = one.problems.warnings();
    plan.warnings.insert(plan.warnings.end(), warnings.begin(), warnings.end());
    texts.insert(texts.begin(), as_read(one.file, one.text));
  }
  return plan;
}

model::Plan parse_plan(std::string_view text, const fs::path& file, const fs::path& home,
                       const CpuModels& cpu_models) {
  model::PlanTexts texts;
  return parse_with(text, file, home, cpu_models, util::read_file, texts);
}

static fs::path home_directory() {
  const char* home = std::getenv("HOME");
  return home ? home : "/root";
}

static void add_known_issues(model::Plan& plan, const ReadFile& read, model::PlanTexts& texts) {
  if (plan.known_issues_file.empty()) return;
  std::string text;
  try {
    text = read(plan.known_issues_file);
  } catch (const HostError& error) {
    throw ConfigError(error.what(), "name a file of known issues");
  }
  plan.known_issues = parse_known_issues(text, plan.known_issues_file, plan.warnings);
  texts.push_back(as_read(plan.known_issues_file, text));
}

model::Plan read_plan(const model::PlanTexts& texts, const CpuModels& cpu_models) {
  const ReadFile read = [&](const fs::path& file) {
    for (const model::PlanText& one : texts)
      if (one.file == file) return one.text;
    throw HostError(fmt::format("{} was not read when the plan was", file.string()));
  };
  const model::PlanText& own = texts.front();
  model::PlanTexts again;
  model::Plan plan = parse_with(own.text, own.file, home_directory(), cpu_models, read, again);
  add_known_issues(plan, read, again);
  return plan;
}

model::Plan read_plan(const fs::path& file, const CpuModels& cpu_models, model::PlanTexts* texts) {
  std::string text;
  try {
    text = util::read_file(file);
  } catch (const HostError& error) {
    throw ConfigError(
        error.what(),
        "name a plan, for example ci/plans/quickstart.yaml, or a kernel: a build tree, bzImage, "
        "vmlinux or .deb");
  }
  model::PlanTexts read;
  model::Plan plan = parse_with(text, file, home_directory(), cpu_models, util::read_file, read);
  add_known_issues(plan, util::read_file, read);
  if (texts) *texts = std::move(read);
  return plan;
}

}  // namespace kproof::config
