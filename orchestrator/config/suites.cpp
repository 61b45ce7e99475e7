#include <algorithm>

#include <fmt/format.h>

#include "config/sections.hpp"

namespace kproof::config {

static std::vector<std::pair<std::string, std::string>> read_sysctls(Problems& problems,
                                                                     const MaybeValue& value) {
  std::vector<std::pair<std::string, std::string>> list;
  if (!value) return list;
  const Map map(problems, *value, {});
  for (const Value& entry : map.entries())
    if (const auto setting = text(problems, entry)) list.emplace_back(entry.name, *setting);
  return list;
}

static bool flag(Problems& problems, const MaybeValue& value) {
  const auto word = text(problems, value);
  if (word && *word != "true" && *word != "false")
    problems.add(value->mark, fmt::format("`{}` must be true or false", value->name));
  return word == "true";
}

// As a case of kproof's own declares them (model/case.hpp).
static model::CaseNeeds read_needs(Problems& problems, const MaybeValue& value) {
  model::CaseNeeds needs;
  if (!value) return needs;
  const Map map(problems, *value,
                {"kvm", "memory", "vcpus", "nvdimm", "modules", "kconfig", "cmdline", "sysctls"});
  constexpr SizeRange kMegabytes{.min = 1ull << 20, .multiple = 1ull << 20};
  needs.kvm = flag(problems, map.find("kvm"));
  assign(needs.memory, size(problems, map.find("memory"), kMegabytes));
  assign(needs.vcpus, number(problems, map.find("vcpus"), 1, 255));
  assign(needs.nvdimm, size(problems, map.find("nvdimm"), kMegabytes));
  needs.modules = texts(problems, map.find("modules"));
  needs.kconfig = texts(problems, map.find("kconfig"));
  needs.cmdline = texts(problems, map.find("cmdline"));
  needs.sysctls = read_sysctls(problems, map.find("sysctls"));
  return needs;
}

static model::SuiteProgram read_program(Problems& problems, const Map& map, const Value& value) {
  model::SuiteProgram program{.place = problems.place(value.mark)};
  program.needs = read_needs(problems, map.find("needs"));
  program.timeout = duration(problems, map.find("timeout"));
  return program;
}

static std::vector<model::SuiteProgram> read_programs(Problems& problems, const MaybeValue& value) {
  std::vector<model::SuiteProgram> programs;
  if (!value) return programs;
  const Map all(problems, *value, {});
  for (const Value& entry : all.entries()) {
    if (!check_name(problems, entry.key, entry.name)) continue;
    const Map map(problems, entry, {"args", "needs", "timeout"});
    programs.push_back(read_program(problems, map, entry));
    programs.back().name = entry.name;
    if (const auto args = map.find("args")) programs.back().args = texts(problems, args);
  }
  return programs;
}

static void read_kind(Problems& problems, const Map& map, const Value& value,
                      const Location& location, model::Suite& suite) {
  const auto selftests = map.find("kselftest"), unit_tests = map.find("kvm-unit-tests"),
             directory = map.find("directory"), source = map.find("source");
  const int given = selftests.has_value() + unit_tests.has_value() + directory.has_value();
  if (value.node.IsMap() && given != 1 && !(given == 0 && map.has_refused()))
    problems.add(
        value.mark, "a suite needs one of `kselftest`, `kvm-unit-tests` and `directory`",
        "{ kselftest: kvm, source: { package: linux-source-6.12 } }, { kvm-unit-tests: "
        "../kvm-unit-tests } where they are built, or { directory: ../tests } of programs");
  if (const auto name = text(problems, selftests);
      name && check_name(problems, selftests->mark, *name)) {
    model::Kselftests kselftests{.directory = *name, .tree = {}};
    if (source) kselftests.tree = read_tree(problems, *source, location);
    suite.of = std::move(kselftests);
  }
  if (source && !selftests)
    problems.add(source->key, "`source` is for `kselftest`, which kproof builds");
  if (const auto path = text(problems, unit_tests))
    suite.of = model::KvmUnitTests{resolve(*path, location)};
  if (const auto path = text(problems, directory))
    suite.of = model::Programs{resolve(*path, location)};
}

void read_suites(Problems& problems, const MaybeValue& value, const Location& location,
                 model::Plan& plan) {
  if (!value) return;
  const Map map(problems, *value, {});
  for (const Value& entry : map.entries()) {
    if (!check_name(problems, entry.key, entry.name)) continue;
    check_new(problems, entry, "suite", plan.suites);
    model::Suite suite{.name = entry.name, .place = problems.place(entry.key)};
    const Map keys(
        problems, entry,
        {"kselftest", "source", "kvm-unit-tests", "directory", "needs", "timeout", "programs"});
    read_kind(problems, keys, entry, location, suite);
    suite.all = read_program(problems, keys, entry);
    suite.programs = read_programs(problems, keys.find("programs"));
    plan.suites.push_back(std::move(suite));
  }
}

}  // namespace kproof::config
