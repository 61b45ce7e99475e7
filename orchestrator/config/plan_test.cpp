#include <random>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "config/plan_text.hpp"
#include "testkit/golden.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::config;
using namespace std::chrono_literals;

TEST_CASE("the smallest plan gets the documented defaults") {
  const auto plan = parse(kBase);
  CHECK(plan.name == "p");
  CHECK(plan.repetitions == 1);
  CHECK(plan.limits.boot == 20s);
  REQUIRE(plan.topologies.size() == 1);
  CHECK(plan.topologies[0].name == "l1");
  CHECK(plan.kernels[0].label == "a");
  CHECK(plan.kernels[0].place == "plans/p.yaml:2:12");
  CHECK(plan.cases[0].alias == "mm/one");
  CHECK(plan.cases[1].alias == "mm/small");
  CHECK(plan.expectations.empty());
}

TEST_CASE("every key of a plan reaches the model") {
  const auto plan = parse(kBase + R"(name: full
topologies:
  l1: { vcpus: 3, memory: 4G, nvdimm: 6G, backing: hugetlb-1g, cpu: EPYC, cmdline: [a=1, b] }
  small:
repetitions: 7
limits: { boot: 1s, silence: 2s, poweroff: 3s, console: 4M }
expect:
  - { kernel: "a*", topology: l1, case: [mm/small, "mm/o*"], verdict: fail, findings: [^x$], subtests: [y], reason: because }
)");
  CHECK(plan.name == "full");
  REQUIRE(plan.topologies[0].levels.size() == 1);
  const auto& l1 = plan.topologies[0].levels[0];
  CHECK(l1.vcpus == 3);
  CHECK(l1.memory == 4ull << 30);
  CHECK(l1.nvdimm == 6ull << 30);
  CHECK(l1.backing == model::Backing::hugetlb_1g);
  CHECK(l1.cpu == "EPYC");
  CHECK(l1.cmdline == std::vector<std::string>{"a=1", "b"});
  CHECK(plan.topologies[1].levels[0].memory == model::Level{}.memory);
  CHECK(plan.repetitions == 7);
  CHECK(plan.limits.poweroff == 3s);
  CHECK(plan.limits.console == 4u << 20);
  const auto& e = plan.expectations.at(0);
  CHECK(e.kernel == std::vector<std::string>{"a*"});
  CHECK(e.test == std::vector<std::string>{"mm/small", "mm/o*"});
  CHECK(e.verdict == model::Verdict::fail);
  CHECK(e.findings == std::vector<std::string>{"^x$"});
  CHECK(e.subtests == std::vector<std::string>{"y"});
  CHECK(e.reason == "because");
  CHECK(e.place == "plans/p.yaml:11:5");
}

TEST_CASE("a path is relative to the plan, absolute, or below the home directory") {
  const auto path = [](std::string_view text) {
    const auto plan =
        parse(fmt::format("schema: 1\nkernels: {{k: {{path: {}}}}}\ncases: [mm/a]\n", text));
    return std::get<model::PathSource>(plan.kernels[0].source).path.string();
  };
  CHECK(path("../linux") == "linux");
  CHECK(path("bzImage") == "plans/bzImage");
  CHECK(path("/boot/vmlinuz") == "/boot/vmlinuz");
  CHECK(path("~/linux") == "/home/u/linux");
}

TEST_CASE("every problem of a plan is told at once, with place, line, caret and next step") {
  const std::string text = R"(schema: 1
kernels:
  debian: { labl: Debian, package: linux-image-amd64 }
  both: { package: linux-image-amd64, path: x }
  debian: { path: y }
  ../up: { path: z }
  évil: { package: --purge }
topologies:
  l1: { vcpus: 0, memory: 2 gigs, backing: hugetlb, cmdline: [] }
  l2: { memory: 3M }
cases:
  - mm/a
  - mm/a
  - thp
  - { case: mm/*, as: mm/x }
  - { as: mm/y, timeout: 30 }
repetitions: many
limits: { boot: 0s, console: 10, pwroff: 1s }
expect:
  - { kernel: debain, case: mm/a, verdict: fail, findings: ["("] }
  - { verdict: failed }
  - { verdict: crash }
)";
  CHECK(testkit::compare_golden(KPROOF_TEST_DIR "/testdata/problems.txt", refusal(text)) == "");
}

TEST_CASE("what is not one YAML mapping is refused with its place") {
  CHECK(contains(refusal(""), "plans/p.yaml: the plan is empty"));
  CHECK(contains(refusal(std::string(100, 'x')),
                 "must be a mapping, not `" + std::string(60, 'x') + "`..."));
  CHECK(contains(refusal("- a\n"), "plans/p.yaml:1:1: `the plan` must be a mapping, not a list"));
  CHECK(contains(refusal("a: [1\nb: 2\n"), "plans/p.yaml:2:2: not YAML: "));
  CHECK(contains(refusal(kBase + "---\nx: 1\n"), "a plan is one YAML document"));
  CHECK(contains(refusal(", " + kBase), "plans/p.yaml:1:1: "));
  CHECK(contains(refusal(kBase + ", x\n"), "plans/p.yaml:4:1: "));
  CHECK(contains(refusal("\xff\xff\xff"), "plans/p.yaml"));
  CHECK(contains(refusal(std::string(5000, '[')), "plans/p.yaml"));
  CHECK(contains(refusal("x: &a [*a]\n"), "unknown key `x`"));
}

TEST_CASE("missing parts and empty lists are refused") {
  CHECK(contains(refusal("cases: [mm/a]\n"), "lacks the key `schema`"));
  CHECK(contains(refusal("schema: 2\n"), "this program reads schema 1, not `2`"));
  CHECK(contains(refusal("schema: 1\nkernels: {}\ncases: []\n"), "`kernels` is empty"));
  CHECK(contains(refusal("schema: 1\nkernels: {}\ncases: []\n"), "`cases` is an empty list"));
  CHECK(contains(refusal(kBase + "topologies: {}\n"), "`topologies` is empty"));
  CHECK(contains(refusal(kHead + "cases:\n"), "3:1: `cases` must be a list, not nothing"));
  CHECK(contains(refusal(kBase + "name: a/b\n"), "cannot be a name"));
  CHECK(contains(refusal(kBase + "? [a]\n: 1\n"), "must be a word"));
  CHECK(
      contains(refusal(kHead + "cases: [{case: mm/a, as: deep/er/name}]\n"), "cannot be an alias"));
}

TEST_CASE("a case's kernels and topologies must be the plan's") {
  CHECK(contains(refusal(kHead + "cases: [{case: mm/a, kernels: [a, c]}]\n"),
                 "the plan has no kernel `c`\n"));
  CHECK(contains(refusal(kHead + "cases: [{case: mm/a, topologies: [\"l2-*\"]}]\n"),
                 "the plan has no topology `l2-*`\n"));
}

TEST_CASE("an expectation must be able to prove something") {
  const auto expect = [](std::string_view entry) {
    return refusal(fmt::format("{}expect: [{{{}}}]\n", kBase, entry));
  };
  CHECK(
      contains(expect("verdict: fail"), "an expected fail that any failure meets proves nothing"));
  CHECK(contains(expect("verdict: pass, findings: [x]"), "a pass has no findings"));
  CHECK(contains(expect("verdict: skip, reason: x"), "an expected skip must say which"));
  CHECK(contains(expect("verdict: miss, reason: x"), "add `miss: { reason: PATTERN }`"));
  CHECK(contains(expect("verdict: fail, skip: {reason: x}, findings: [x]"), "`skip` says nothing"));
  CHECK(contains(expect("verdict: [fail, pass], findings: [x]"), "`findings` must be seen"));
  CHECK(contains(expect("verdict: [fail, fail], findings: [x]"), "twice"));
  CHECK(contains(expect("verdict: [fail, broken], findings: [x]"), "`broken` cannot be"));
  CHECK(contains(expect("verdict: []"), "is an empty list"));
  CHECK(contains(expect("verdict: broken"), "`broken` cannot be expected"));
  CHECK(contains(expect("case: mm/a"), "lacks the key `verdict`"));
  CHECK(contains(expect("verdict: pass, case: mm/two"), "`mm/two` matches no case of this plan"));
  CHECK(contains(expect("verdict: pass, kernel: c"), "known kernels: a, b"));
  CHECK(contains(expect("verdict: pass, topology: l2"), "did you mean `l1`?"));
  CHECK(expect("verdict: hang") == "accepted");
  CHECK(expect("verdict: [pass, fail], may_find: [^x$]") == "accepted");
  CHECK(expect("verdict: fail, findings: [^x$], may_fail: [^y$], allow_skips: [^z$]") ==
        "accepted");
  CHECK(expect("verdict: miss, miss: {reason: no module}") == "accepted");
}

TEST_CASE("an expectation may name what a glob of the plan will stand for") {
  const std::string plan = kHead + "cases: [mm/*]\nexpect: [{verdict: pass, case: ";
  CHECK(refusal(plan + "mm/thp}]\n") == "accepted");
  CHECK(refusal(plan + "'*thp'}]\n") == "accepted");
  CHECK(contains(refusal(plan + "kvm/thp}]\n"), "matches no case"));
}

static std::vector<std::string> warnings_of_expectation(std::string_view entry) {
  return parse(fmt::format("schema: 1\nkernels: {{ k-6.1: {{ path: x }}, k-6.12: {{ path: y }} }}\n"
                           "cases: [mm/one]\nexpect: [{{{}}}]\n",
                           entry))
      .warnings;
}

TEST_CASE("what matches more than its author can mean is warned of, with its place") {
  CHECK(warnings_of_expectation("kernel: k-6.1, verdict: fail, findings: [^bad pud$, '^BUG: ']")
            .empty());
  for (const char* pattern : {".*", ".", "'^'", "'[a-z]'", "' in '", "'WARNING|BUG|K|pud'"}) {
    CAPTURE(pattern);
    CHECK(warnings_of_expectation(fmt::format("verdict: fail, may_find: [{}]", pattern)).size() ==
          1);
  }
  CHECK(warnings_of_expectation("verdict: fail, may_fail: ['\\w']").size() == 1);
  CHECK(warnings_of_expectation("verdict: skip, skip: {reason: .*}").size() == 1);
  CHECK(warnings_of_expectation("verdict: skip, skip: {reason: no module}").empty());
  const auto hang = warnings_of_expectation("verdict: hang");
  REQUIRE(hang.size() == 1);
  CHECK(contains(hang[0], "plans/p.yaml:4:10: any hang is as expected here\n"));
  CHECK(warnings_of_expectation("verdict: hang, hang: {reason: silent}").empty());
}

TEST_CASE("a glob that goes on into another number is warned of") {
  const auto warnings = warnings_of_expectation("kernel: k-6.1*, verdict: pass");
  REQUIRE(warnings.size() == 1);
  CHECK(contains(warnings[0], "4:19: `k-6.1*` covers `k-6.1`, and `k-6.12` too"));
  CHECK(warnings_of_expectation("kernel: k-6.*, verdict: pass").empty());
  CHECK(warnings_of_expectation("kernel: 'k-6.1?', verdict: pass").empty());
}

TEST_CASE("what RE2 does not take is told at its place in the pattern") {
  const auto expect = [](std::string_view patterns) {
    return refusal(
        fmt::format("{}expect:\n  - verdict: fail\n    findings: {}\n", kBase, patterns));
  };
  CHECK(contains(expect("['bad (?!pmd)']"),
                 "`bad (?!pmd)` is no pattern: invalid perl operator: (?!\n"
                 "    6 |     findings: ['bad (?!pmd)']\n"
                 "      |                     ^"));
  CHECK(contains(expect("[x, ' *a{2000}']"), ":6:23: "));
  CHECK(contains(expect("\n      - a**"), ":7:10: `a**` is no pattern: bad repetition"));
  // Where the pattern does not stand there as it is read, the place is its own.
  CHECK(contains(expect("[\"x\\ta**\"]"), ":6:16: "));
}

TEST_CASE("a pattern as long as a file is refused, not compiled") {
  const std::string brackets(1 << 20, '(');
  const std::string answer =
      refusal(kBase + "expect: [{verdict: fail, findings: ['" + brackets + "']}]\n");
  CHECK(contains(answer, "a pattern has at most 1000 bytes"));
  CHECK(answer.size() < 500);
}

TEST_CASE("whatever is done to a plan's bytes, it is accepted or refused with its name") {
  const std::string plan = util::read_file(KPROOF_TEST_DIR "/../../ci/plans/quickstart.yaml");
  std::mt19937 random(1);
  const std::string_view spice = "{}[]:,-&*!|>'\"%@`#?~\t\n\r x0\xff\x80";
  for (int round = 0; round < 1000; ++round) {
    std::string text = plan;
    for (unsigned n = random() % 4; n > 0; --n)
      text[random() % text.size()] = spice[random() % spice.size()];
    if (round % 3 == 0) text.resize(random() % text.size());
    const std::string answer = refusal(text);
    CAPTURE(text);
    CHECK((answer == "accepted" || answer.starts_with("plans/p.yaml")));
  }
}

TEST_CASE("known issues are read from a file beside the plan") {
  const util::ScratchDir scratch("kproof-config-");
  util::write_file_atomically(scratch.path() / "plan.yaml", kBase + "known_issues: known.yaml\n");
  const auto plan = [&] { return config::read_plan(scratch.path() / "plan.yaml", cpu_models); };
  CHECK_THROWS_AS(plan(), ConfigError);
  util::write_file_atomically(scratch.path() / "known.yaml",
                              "schema: 1\nissues:\n"
                              "  - { title: ^bad pud$, link: l, until: 2027-01-31, reason: r }\n");
  REQUIRE(plan().known_issues.size() == 1);
  CHECK(plan().known_issues[0].title == "^bad pud$");
}

TEST_CASE("a plan that cannot be read is the user's error") {
  CHECK_THROWS_AS(config::read_plan("/nonexistent/plan.yaml", cpu_models), ConfigError);
  CHECK_THROWS_AS(config::read_plan("/", cpu_models), ConfigError);
}

TEST_CASE("the quickstart plan says that only dax_1g on 6.1 may fail") {
  const auto plan =
      config::read_plan(KPROOF_TEST_DIR "/../../ci/plans/quickstart.yaml", cpu_models);
  CHECK(plan.name == "quickstart");
  REQUIRE(plan.kernels.size() == 2);
  CHECK(std::get<model::PackageSource>(plan.kernels[0].source).package == "linux-image-amd64");
  CHECK(std::get<model::PackageSource>(plan.kernels[1].source).package == "linux-image-6.12-amd64");
  CHECK(plan.cases.size() == 5);
  REQUIRE(plan.expectations.size() == 1);
  CHECK(plan.expectations[0].kernel == std::vector<std::string>{"debian-6.1"});
  CHECK(plan.expectations[0].test == std::vector<std::string>{"mm/dax_1g_mprotect"});
  CHECK(plan.expectations[0].findings == std::vector<std::string>{"^bad pud$"});
  CHECK(plan.expectations[0].may_fail.at(0) == "^write after PROT_READ faults$");
}

TEST_CASE("a plan has what the plans that it includes have, and the last word") {
  const auto directory = std::filesystem::path(KPROOF_BUILD_DIR) / "config_include";
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory / "deep");
  const auto write = [&](const char* name, const std::string& text) {
    util::write_file_atomically(directory / name, text);
    return directory / name;
  };
  write("deep/common.yaml",
        "schema: 1\nname: no\nkernels: { old: { path: bzImage } }\nrepetitions: 3\n"
        "limits: { boot: 1s }\nknown_issues: known.yaml\n"
        "expect: [{ kernel: new, case: mm/a, verdict: fail, findings: [^x$] }]\n");
  const auto read = [&](const std::string& text) {
    return parse_plan("schema: 1\n" + text, directory / "p.yaml", "/home/u", cpu_models);
  };
  const auto plan = read(
      "include: [deep/common.yaml]\nkernels: { new: { path: bzImage } }\ncases: [mm/a]\n"
      "repetitions: 2\nexpect: [{ kernel: old, verdict: pass }]\n");
  CHECK(plan.name == "p");
  CHECK(plan.repetitions == 2);
  CHECK(plan.limits.boot == 1s);
  CHECK(plan.known_issues_file == (directory / "deep/known.yaml").string());
  REQUIRE(plan.kernels.size() == 2);
  CHECK(std::get<model::PathSource>(plan.kernels[0].source).path == directory / "deep/bzImage");
  CHECK(plan.expectations.back().kernel == std::vector<std::string>{"old"});

  const auto refused = [&](const std::string& text) {
    try {
      read(text);
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  CHECK(contains(refused("include: [none.yaml]\ncases: [mm/a]\n"), "p.yaml:2:11: "));
  write("loop.yaml", "schema: 1\ninclude: [loop.yaml]\n");
  CHECK(contains(refused("include: [loop.yaml]\ncases: [mm/a]\n"), "loop.yaml includes itself"));
  CHECK(contains(refused("include: [deep/common.yaml]\ncases: [mm/a]\n"
                         "kernels: { old: { path: x }, new: { path: x } }\n"),
                 "kernel `old` is in the plan twice; first at "));
  write("wrong.yaml", "schema: 1\nkernls: {}\n");
  CHECK(contains(refused("include: [wrong.yaml]\n"), "wrong.yaml:2:1: unknown key `kernls`"));
}

TEST_CASE("templates are a place for anchors") {
  const auto plan = parse("schema: 1\ntemplates: [&small { memory: 256M }]\n" + kBase.substr(10) +
                          "topologies: { l1: *small }\n");
  CHECK(plan.topologies[0].levels[0].memory == 256u << 20);
}
