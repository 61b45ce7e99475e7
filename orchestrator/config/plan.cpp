#include "config/plan.hpp"

#include <cstdlib>
#include <sstream>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>

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
                                 const fs::path& home) {
  constexpr unsigned kMaxRepetitions = 100000;
  model::Plan plan{.file = file};
  const Map map(problems, root,
                {"schema", "name", "kernels", "topologies", "cases", "repetitions", "limits",
                 "metrics", "expect"});
  check_schema(problems, map.require("schema"));
  read_name(problems, root, map.find("name"), plan);
  read_kernels(problems, map.require("kernels"), {file.parent_path(), home}, plan);
  read_topologies(problems, map.find("topologies"), plan);
  read_cases(problems, map.require("cases"), plan);
  assign(plan.repetitions, number(problems, map.find("repetitions"), 1, kMaxRepetitions));
  read_limits(problems, map.find("limits"), plan.limits);
  plan.metrics = texts(problems, map.find("metrics"));
  read_expectations(problems, map.find("expect"), plan);
  return plan;
}

namespace {

// Where the last document started; everything else is passed over.
class DocumentStarts : public YAML::EventHandler {
 public:
  YAML::Mark last;

  void OnDocumentStart(const YAML::Mark& mark) override { last = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

}  // namespace

// YAML::Load passes over what follows the first document, and YAML::LoadAll (0.7) never ends on a
// stray comma: it takes it for an endless row of empty documents.
static void check_one_document(Problems& problems, const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentStarts starts;
  if (!parser.HandleNextDocument(starts))
    problems.add(YAML::Mark::null_mark(), "the plan is empty",
                 "ci/plans/quickstart.yaml is an example");
  else if (parser.HandleNextDocument(starts))
    problems.add(starts.last, "a plan is one YAML document, and this starts another",
                 "look at its indentation, and for `---`");
}

// The one document of `text`. Throws when it is none.
static YAML::Node load(Problems& problems, const std::string& text) {
  YAML::Node node;
  try {
    check_one_document(problems, text);
    node = YAML::Load(text);
  } catch (const YAML::Exception& error) {
    problems.add(error.mark, fmt::format("not YAML: {}", error.msg),
                 "look for a missing quote, bracket or colon, and for tabs; here or just above");
  }
  problems.raise();
  return node;
}

model::Plan parse_plan(std::string_view text, const fs::path& file, const fs::path& home) {
  Problems problems(file.string(), text);
  const YAML::Node node = load(problems, std::string(text));
  model::Plan plan =
      read_document(problems, {node, node.Mark(), "the plan", node.Mark()}, file, home);
  problems.raise();
  return plan;
}

model::Plan read_plan(const fs::path& file) {
  std::string text;
  try {
    text = util::read_file(file);
  } catch (const HostError& error) {
    throw ConfigError(error.what(), "name a plan, for example ci/plans/quickstart.yaml");
  }
  const char* home = std::getenv("HOME");
  return parse_plan(text, file, home ? home : "/root");
}

}  // namespace kproof::config
