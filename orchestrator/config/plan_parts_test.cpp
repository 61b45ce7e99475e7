// Topologies and kernels to build, as a plan has them.
#include <doctest/doctest.h>

#include "config/plan_text.hpp"

using namespace kproof;
using namespace kproof::config;
using namespace std::chrono_literals;

TEST_CASE("a topology is a tree of levels, each with its kernel, MMU mode and backing") {
  const auto plan = parse(kHead + R"(topologies:
  deep:
    memory: 3G
    mmu: shadow
    params: { kvm.nx_huge_pages: "off" }
    preempt: full
    inner:
      kernel: b
      backing: devdax-1g
      memory: 1G
      inner: { memory: 256M }
cases:
  - { case: kvm/l2_linux, inside: { case: mm/one, args: [--seconds, "1"] } }
  - { case: kvm/other, inside: mm/two, kernels: [b], topologies: ["d*"], repetitions: 6 }
metrics: [stall_max, { metric: "*", least_change: 12.5% }]
)");
  const auto& levels = plan.topologies.at(0).levels;
  REQUIRE(levels.size() == 3);
  CHECK(levels[0].mmu == model::Mmu::shadow);
  CHECK(levels[0].params ==
        std::vector{std::pair<std::string, std::string>{"kvm.nx_huge_pages", "off"}});
  CHECK(levels[0].preempt == "full");
  CHECK(levels[1].kernel == "b");
  CHECK(levels[1].backing == model::Backing::devdax_1g);
  CHECK(levels[1].vcpus == 1);
  CHECK(levels[2].memory == 256u << 20);
  CHECK(plan.cases[0].inside->name == "mm/one");
  CHECK(plan.cases[0].inside->args == std::vector<std::string>{"--seconds", "1"});
  CHECK(plan.cases[1].inside->name == "mm/two");
  CHECK(plan.cases[1].kernels == std::vector<std::string>{"b"});
  CHECK(plan.cases[1].topologies == std::vector<std::string>{"d*"});
  CHECK(plan.cases[1].repetitions == 6u);
  CHECK_FALSE(plan.cases[0].repetitions);
  CHECK(plan.metrics == std::vector<model::WatchedMetric>{{"stall_max", 0.05}, {"*", 0.125}});
}

TEST_CASE("a change that matters is a share of a metric, in percent") {
  const auto metric = [](const std::string& text) {
    return refusal(kBase + "metrics: [" + text + "]\n");
  };
  CHECK(contains(metric("{ metric: a, least_change: 0.2 }"), ":38: `least_change` must"));
  CHECK(contains(metric("{ metric: a, least_change: 0.2 }"), "a share, such as 20%"));
  CHECK(contains(metric("{ metric: a, least_change: 120% }"), "a share, such as 20%"));
  CHECK(contains(metric("{ least_change: 20% }"), "lacks the key `metric`"));
  CHECK(contains(metric("{ metric: a, least_chang: 20% }"), "did you mean `least_change`?"));
}

TEST_CASE("what is wrong with a level is told with its place") {
  const auto levels = [](const std::string& text) {
    return refusal(kBase + "topologies:\n  l: " + text + "\n");
  };
  CHECK(contains(levels("{ mmu: shadw }"), "did you mean `shadow`?"));
  CHECK(contains(levels("{ preempt: fully }"), "did you mean `full`?"));
  CHECK(contains(levels("{ backing: devdax-1g, memory: 1G }"), "this is L1's backing"));
  CHECK(contains(levels("{ params: { npt: 0 } }"), "`npt` is no module parameter"));
  CHECK(
      contains(levels("{ inner: { kernel: c } }"), "the kernel `c`, which the plan does not name"));
  CHECK(contains(levels("{ inner: { cpu: EPYC } }"), "has the CPU of the guest around it"));
  CHECK(contains(
      levels("{ cpu: EPYK }"),
      "p.yaml:5:13: libvirt knows no CPU model `EPYK`\n"
      "    5 |   l: { cpu: EPYK }\n"
      "      |             ^\n"
      "  hint: did you mean `EPYC`? known models: maximum, host-passthrough, EPYC, Nehalem"));
  CHECK(levels("{ cpu: host-passthrough }") == "accepted");
  CHECK(levels("{ pmu: on }") == "accepted");
  CHECK(contains(levels("{ pmu: 3 }"), "`3` is no state of a PMU"));
  CHECK(levels("{ numa: 2 }") == "accepted");
  CHECK(contains(levels("{ numa: 3, vcpus: 2 }"),
                 "p.yaml:5:14: `numa: 3` needs a vCPU for each node; this level has 2\n"
                 "    5 |   l: { numa: 3, vcpus: 2 }\n"
                 "      |              ^\n"
                 "  hint: write `vcpus: 3`, or fewer nodes"));
  CHECK(contains(levels("{ numa: 0 }"), "`numa` must be a whole number from 1 to 255"));
  CHECK(contains(levels("{ numa: 2, memory: 192M }"),
                 "`numa: 2` divides 192M of memory into nodes of less than 128M"));
  CHECK(contains(levels("{ numa: 2, memory: 1G, backing: hugetlb-1g }"), "nodes of less than 1G"));
  CHECK(contains(levels("{ inner: { numa: 2 } }"), "a guest inside has one NUMA node"));
  CHECK(contains(levels("{ memory: 4G, inner: { backing: hugetlb-1g } }"),
                 "the default memory of `inner` is no multiple of its pages"));
  CHECK(contains(levels("{ inner: { inner: { inner: {} } } }"), "more than 3 levels"));
}

TEST_CASE("a bound has its cells, its metric and its figures") {
  const auto bounds = [](const std::string& text) {
    return refusal(kBase + "bounds:\n  - " + text + "\n");
  };
  const auto plan = parse(
      kBase +
      "bounds:\n  - { kernel: a, case: mm/one, metrics: { t: { least: 0.5, most: 4, unit: us }, n: "
      "{ most: 1e3 } }, reason: so }\n");
  REQUIRE(plan.bounds.size() == 2);
  CHECK(plan.bounds[0].kernel == std::vector<std::string>{"a"});
  CHECK(plan.bounds[0].test == std::vector<std::string>{"mm/one"});
  CHECK(plan.bounds[0].metric == "t");
  CHECK(plan.bounds[0].least == 0.5);
  CHECK(plan.bounds[0].most == 4);
  CHECK(plan.bounds[0].unit == "us");
  CHECK(plan.bounds[1].most == 1000);
  CHECK_FALSE(plan.bounds[1].least);
  CHECK(plan.bounds[1].reason == "so");
  CHECK(contains(bounds("{ metrics: { t: { mots: 4 } } }"), "did you mean `most`?"));
  CHECK(contains(bounds("{ metrics: { t: { most: 4us } } }"),
                 "p.yaml:5:29: `most` must be a number, such as 4 or 0.5, not `4us`"));
  CHECK(contains(bounds("{ metrics: { t: { most: nan } } }"), "must be a number"));
  CHECK(contains(bounds("{ metrics: { t: {} } }"), "`t` has no bound"));
  CHECK(contains(bounds("{ metrics: { t: { least: 2, most: 1 } } }"),
                 "no figure is at least 2 and at most 1"));
  CHECK(contains(bounds("{ metrics: {} }"), "`metrics` is empty"));
  CHECK(contains(bounds("{ case: mm/one }"), "lacks the key `metrics`"));
  CHECK(contains(bounds("{ case: mm/tow, metrics: { t: { most: 1 } } }"),
                 "`mm/tow` matches no case of this plan"));
}

TEST_CASE("a kernel to build has a tree, patches, a config and fragments; paths are the plan's") {
  const auto source = [](const std::string& text) {
    const std::string plan = "schema: 1\nkernels:\n  k: " + text + "\ncases: [mm/one]\n";
    return std::get<model::BuildSource>(parse(plan).kernels.at(0).source);
  };
  const auto package =
      source("{ source: { package: linux-source-6.1 }, fragments: [base, ./x.config] }");
  CHECK(std::get<model::SourcePackage>(package.tree).package == "linux-source-6.1");
  CHECK(package.config == "tinyconfig");
  CHECK(package.fragments == std::vector<std::string>{"base", "plans/x.config"});
  const auto git = source(
      "{ source: { git: ../linux, revision: v6.1 }, patches: [v6.1..mine, ../s.mbox], config: c }");
  CHECK(std::get<model::GitRevision>(git.tree).repository == "linux");
  CHECK(std::get<model::GitRevision>(git.tree).revision == "v6.1");
  CHECK(git.patches == std::vector<std::string>{"v6.1..mine", "s.mbox"});
  CHECK(git.config == "plans/c");
  CHECK(source("{ source: { tarball: a.tar }, patches: p..q }").patches.at(0) == "plans/p..q");
}

TEST_CASE("a kernel to build is read strictly") {
  const auto kernel = [](const std::string& text) {
    return refusal("schema: 1\nkernels:\n  k: " + text + "\ncases: [mm/one]\n");
  };
  CHECK(contains(kernel("{ packge: x }"), "unknown key `packge`"));
  CHECK_FALSE(contains(kernel("{ packge: x }"), "needs one of"));
  CHECK(contains(kernel("{ source: {} }"),
                 "`source` needs one of `git`, `directory`, `package` and `tarball`"));
  CHECK(contains(kernel("{ source: { git: a, tarball: b } }"), "`source` needs one of"));
  CHECK(contains(kernel("{ source: { package: linux-source-6.1, revision: x } }"),
                 "`revision` is for a `git` tree"));
  CHECK(contains(kernel("{ path: x, patches: y }"), "`patches` is for a kernel that is built"));
  CHECK(contains(kernel("{ path: x, source: { git: y } }"), "not more"));
  CHECK(contains(kernel("{ source: { git: y }, fragment: [base] }"), "did you mean `fragments`?"));
}

TEST_CASE("what is flaky says how often, where it is told why, and what it looks like") {
  const auto entry = [](const std::string& flaky, const std::string& verdict = "[pass, fail]") {
    return kBase + "repetitions: 10\nexpect: [{ verdict: " + verdict +
           ", may_fail: [^x$], flaky: " + flaky + " }]\n";
  };
  const auto flaky = parse(entry("{ most: 1/10, link: https://x }")).expectations.at(0).flaky;
  CHECK(flaky.most == 1);
  CHECK(flaky.of == 10);
  CHECK(flaky.link == "https://x");
  CHECK(contains(refusal(entry("{ most: often, link: x }")), "`often` is no rate"));
  CHECK(contains(refusal(entry("{ most: 2/2, link: x }")), "`2/2` is no rate"));
  CHECK(contains(refusal(entry("{ most: 1/10 }")), "`flaky` lacks the key `link`"));
  CHECK(contains(refusal(entry("{ most: 1/10, link: x }", "fail")), "verdict that is the rule"));
  CHECK(contains(refusal(entry("{ most: 1/11, link: x }")),
                 "of 10 repetitions none would be allowed to be another"));
}

TEST_CASE("a kernel of one word is a tag of the plan's tree, a package or a path") {
  const auto plan = parse(
      "schema: 1\ntree: ../linux\nkernels:\n  a: v6.12\n  b: debian:6.12\n"
      "  c: ./bzImage\n  d: linux-image-amd64\ncases: [mm/one]\n");
  const auto& build = std::get<model::BuildSource>(plan.kernels.at(0).source);
  CHECK(std::get<model::GitRevision>(build.tree).revision == "v6.12");
  CHECK(std::get<model::GitRevision>(build.tree).repository.filename() == "linux");
  CHECK(build.config == "tinyconfig");
  CHECK(build.fragments.front() == "base");
  CHECK(std::get<model::PackageSource>(plan.kernels.at(1).source).package == "debian:6.12");
  CHECK(std::get<model::PathSource>(plan.kernels.at(2).source).path.filename() == "bzImage");
  CHECK(std::get<model::PackageSource>(plan.kernels.at(3).source).package == "linux-image-amd64");
}

TEST_CASE(
    "a kernel's word that says nothing, and a tag without a tree, are told with what to write") {
  CHECK(
      refusal("schema: 1\nkernels: { a: v6.12 }\ncases: [mm/one]\n").find("add `tree: ../linux`") !=
      std::string::npos);
  CHECK(
      refusal("schema: 1\nkernels: { a: six }\ncases: [mm/one]\n").find("`six` names no kernel") !=
      std::string::npos);
}
