#include "suites/member.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <sys/stat.h>

#include "suites/known.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/names.hpp"

namespace kproof::suites {
namespace fs = std::filesystem;

// Both: what a program needs, and what the plan adds for it.
static void add(model::CaseNeeds& needs, const model::CaseNeeds& more) {
  const auto append = [](auto& list, const auto& further) {
    for (const auto& one : further)
      if (std::ranges::find(list, one) == list.end()) list.push_back(one);
  };
  append(needs.modules, more.modules);
  append(needs.kconfig, more.kconfig);
  append(needs.cmdline, more.cmdline);
  for (const auto& setting : more.sysctls) {
    std::erase_if(needs.sysctls, [&](const auto& one) { return one.first == setting.first; });
    needs.sysctls.push_back(setting);
  }
  needs.memory = std::max(needs.memory, more.memory);
  needs.vcpus = std::max(needs.vcpus, more.vcpus);
  needs.nvdimm = std::max(needs.nvdimm, more.nvdimm);
  needs.kvm |= more.kvm;
}

static void apply(Member& member, const model::SuiteProgram& said) {
  add(member.description.needs, said.needs);
  if (said.timeout) member.description.timeout = *said.timeout;
  if (said.args) member.args = *said.args;
}

// What only tracepoints can show (testcases/suite/runner.cpp).
static void owe_evidence(Member& member, bool invalidates) {
  if (!member.description.needs.kvm) return;
  member.runner.emplace_back("--kvm");
  member.description.evidence = {"kvm_api", "mmu_mode", "guest_entered"};
  if (!invalidates) return;
  member.runner.emplace_back("--invalidates");
  member.description.evidence.emplace_back("notifier_called");
}

static void finish(Member& member, const model::Suite& suite, const std::string& name,
                   bool invalidates = false) {
  member.description.name = suite.name + "/" + name;
  apply(member, suite.all);
  for (const model::SuiteProgram& program : suite.programs)
    if (program.name == name) apply(member, program);
  owe_evidence(member, invalidates);
}

static constexpr util::Millis kDefaultTimeout{45000};  // kselftest's, tools/.../runner.sh

Member unknown_selftest(const model::Suite& suite, const std::string& name) {
  const auto& selftests = std::get<model::Kselftests>(suite.of);
  Member member;
  member.description.summary =
      fmt::format("tools/testing/selftests/{}/{}", selftests.directory, name);
  member.description.timeout = kDefaultTimeout;
  member.description.needs = needs_of({.directory = selftests.directory});
  member.program = OfKernel{{selftests.directory, name}, selftests.tree};
  finish(member, suite, name);
  return member;
}

static Member known_selftest(const model::Suite& suite, const KnownSelftest& known) {
  const auto& selftests = std::get<model::Kselftests>(suite.of);
  Member member;
  member.description.summary = known.summary;
  member.description.timeout = util::Millis(1000) * known.seconds;
  member.description.needs = needs_of(known);
  member.args = split(known.args);
  member.program = OfKernel{{selftests.directory, std::string(known.name)}, selftests.tree};
  finish(member, suite, std::string(known.name), known.invalidates);
  return member;
}

static std::vector<Member> all_of(const model::Suite& suite, const model::Kselftests& selftests) {
  std::vector<Member> members;
  for (const KnownSelftest& known : known_selftests())
    if (known.directory == selftests.directory) members.push_back(known_selftest(suite, known));
  for (const model::SuiteProgram& program : suite.programs)
    if (std::ranges::none_of(members, [&](const Member& member) {
          return member.description.name == suite.name + "/" + program.name;
        }))
      members.push_back(unknown_selftest(suite, program.name));
  return members;
}

static fs::path require_directory(const model::Suite& suite, const fs::path& directory) {
  if (fs::is_directory(directory)) return directory;
  throw ConfigError(fmt::format("{}: suite `{}`: {} is no directory", suite.place, suite.name,
                                directory.string()),
                    "name one whose programs are built; paths are relative to the plan");
}

// In the guest's /proc/sys they are set; others must be so (`--require`).
static void add_check(Member& member, const std::string& file, const std::string& value) {
  constexpr std::string_view kSysctls = "/proc/sys/";
  if (!file.starts_with(kSysctls)) {
    member.runner.insert(member.runner.end(), {"--require", file + "=" + value});
    return;
  }
  std::string name = file.substr(kSysctls.size());
  std::ranges::replace(name, '/', '.');
  member.description.needs.sysctls.emplace_back(name, value);
}

static std::vector<Member> all_of(const model::Suite& suite, const model::KvmUnitTests& tests) {
  fs::path directory = require_directory(suite, tests.directory);
  if (fs::exists(directory / "x86/unittests.cfg")) directory /= "x86";
  const fs::path list = directory / "unittests.cfg";
  if (!fs::exists(list))
    throw ConfigError(
        fmt::format("{}: suite `{}`: there is no {}", suite.place, suite.name, list.string()),
        "name a directory in which kvm-unit-tests were built for x86_64");
  std::vector<Member> members;
  for (UnitTest& test : parse_unit_tests(util::read_file(list), list.string())) {
    Member member{.runner = {"--unit-test"}};
    member.description.summary = fmt::format("{} of kvm-unit-tests", test.file);
    member.description.timeout = test.timeout;
    member.description.needs = needs_of({.directory = "kvm", .memory = 1024, .vcpus = 2});
    for (const auto& [file, value] : test.check)
      add_check(member, file, value);
    const std::string name = test.name;
    member.by_name_only = std::ranges::find(test.groups, "nodefault") != test.groups.end();
    const fs::path file = directory / test.file;
    member.program = FlatBinary{std::move(test), file};
    finish(member, suite, name);
    members.push_back(std::move(member));
  }
  return members;
}

static bool is_executable(const fs::directory_entry& entry) {
  struct stat status {};
  return ::stat(entry.path().c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         (status.st_mode & S_IXUSR) != 0;
}

static std::vector<Member> all_of(const model::Suite& suite, const model::Programs& programs) {
  std::vector<Member> members;
  for (const auto& entry : fs::directory_iterator(require_directory(suite, programs.directory))) {
    if (!is_executable(entry)) continue;
    Member member;
    const std::string name = entry.path().filename().string();
    member.description.summary = entry.path().string();
    member.description.timeout = kDefaultTimeout;
    member.program = Binary{entry.path()};
    finish(member, suite, name);
    members.push_back(std::move(member));
  }
  if (members.empty())
    throw ConfigError(fmt::format("{}: suite `{}`: {} holds no program", suite.place, suite.name,
                                  programs.directory.string()),
                      "a program is a file that may be executed");
  return members;
}

// A program that the plan says something of and that is not there is misspelt.
static void require_named(const model::Suite& suite, const std::vector<Member>& members) {
  std::vector<std::string> names;
  for (const Member& member : members)
    names.push_back(member.description.name.substr(suite.name.size() + 1));
  for (const model::SuiteProgram& program : suite.programs)
    if (std::ranges::find(names, program.name) == names.end())
      throw ConfigError(fmt::format("{}: suite `{}` has no program `{}`", program.place, suite.name,
                                    program.name),
                        util::suggest(program.name, names, "programs"));
}

std::vector<Member> members_of(const model::Suite& suite) {
  std::vector<Member> members =
      std::visit([&](const auto& of) { return all_of(suite, of); }, suite.of);
  std::ranges::sort(members, {}, [](const Member& member) { return member.description.name; });
  require_named(suite, members);
  return members;
}

}  // namespace kproof::suites
