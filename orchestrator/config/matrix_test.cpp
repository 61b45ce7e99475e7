#include <doctest/doctest.h>

#include "config/plan_text.hpp"
#include "testkit/golden.hpp"

using namespace kproof;
using namespace kproof::config;
using Names = std::vector<std::string>;

static const std::string kSchema = "schema: 1\n";
static const std::string kCases =
    "cases: [mm/a, { case: kvm/b, params: { backing: [anon, thp], size: 16M } }]\n";

static Names names_of(const auto& list) {
  Names names;
  for (const auto& one : list)
    names.push_back(one.name);
  return names;
}

static const model::BuildSource& source_of(const model::KernelSpec& kernel) {
  return std::get<model::BuildSource>(kernel.source);
}

TEST_CASE("axes make kernels and topologies, named from the values that differ") {
  const auto plan = parse(kSchema + R"(
matrix:
  kernel: { source: { package: linux-source-6.1 }, fragments: [base, kvm] }
  topology: { memory: 2G, cmdline: [quiet] }
  axes:
    source: { old: { package: linux-source-6.1 }, new: { git: ../linux, revision: v6.12 } }
    debug: { plain: [], kasan: [kasan], big: { fragments: [lockdep], cmdline: [x=1], memory: 4G } }
    mmu: [tdp, shadow]
    vcpus: [3]
)" + kCases);
  CHECK(names_of(plan.kernels) ==
        Names{"old-plain", "old-kasan", "old-big", "new-plain", "new-kasan", "new-big"});
  CHECK(plan.matrix.kernels == names_of(plan.kernels));
  CHECK(plan.kernels[1].label == "source=old, debug=kasan");
  CHECK(source_of(plan.kernels[0]).fragments == Names{"base", "kvm"});
  CHECK(source_of(plan.kernels[2]).fragments == Names{"base", "kvm", "lockdep"});
  CHECK(std::get<model::GitRevision>(source_of(plan.kernels[3]).tree).revision == "v6.12");
  CHECK(names_of(plan.topologies) ==
        Names{"plain-tdp", "plain-shadow", "kasan-tdp", "kasan-shadow", "big-tdp", "big-shadow"});
  const model::Level& plain = plan.topologies[0].levels[0];
  const model::Level& big = plan.topologies[5].levels[0];
  CHECK(plain.memory == 2ull << 30);
  CHECK(plain.vcpus == 3);
  CHECK(plain.cmdline == Names{"quiet"});
  CHECK(big.memory == 4ull << 30);
  CHECK(big.cmdline == Names{"quiet", "x=1"});
  CHECK(big.mmu == model::Mmu::shadow);
}

TEST_CASE("without an axis of kernels the plan's own are one, and so topologies") {
  const auto plan =
      parse(kHead + kCases + "matrix: { axes: { mmu: [tdp, shadow], numa: [1, 2] } }\n");
  CHECK(plan.matrix.kernels.empty());
  CHECK(names_of(plan.topologies) ==
        Names{"tdp-numa1", "tdp-numa2", "shadow-numa1", "shadow-numa2"});
  const auto other = parse(kHead + kCases + R"(
matrix:
  kernel: { source: { git: ../linux } }
  axes: { revision: [v6.1, v6.6] }
)");
  CHECK(other.matrix.topologies.empty());
  CHECK(names_of(other.topologies) == Names{"l1"});
  CHECK(std::get<model::GitRevision>(source_of(other.kernels[3]).tree).revision == "v6.6");
}

TEST_CASE(
    "a case with parameters is one for each combination of them, named from those that differ") {
  const auto plan = parse(kHead + kCases);
  REQUIRE(plan.cases.size() == 3);
  CHECK(plan.cases[1].alias == "kvm/b-anon");
  CHECK(plan.cases[1].entry == "kvm/b");
  CHECK(plan.cases[1].args == Names{"--backing", "anon", "--size", "16M"});
  CHECK(plan.cases[2].alias == "kvm/b-thp");
}

TEST_CASE("the coverage of a matrix is a word, or words") {
  const auto cover = [](const std::string& words) {
    return parse(kHead + kCases + "matrix: { axes: { vcpus: [1, 2] }, cover: " + words + " }\n")
        .matrix.cover;
  };
  using Kind = model::Cover::Kind;
  CHECK(cover("full").kind == Kind::full);
  CHECK(cover("pairwise").strength == 2);
  CHECK(cover("4-way").strength == 4);
  CHECK(cover("sample 20 seed 7").count == 20);
  CHECK(cover("sample 20 seed 7").seed == 7);
}

TEST_CASE("a constraint is what no combination may have") {
  const auto words =
      [](const std::string& constraints) {
        Names all;
        for (const auto& rule : parse(kSchema + kCases + R"(
matrix:
  kernel: { fragments: [base] }
  axes:
    source: { a: { package: linux-source-6.1 }, v6.12: { git: ../linux } }
    debug: { plain: [], kasan: [kasan], all: [kasan, lockdep] }
    model: { voluntary: [], rt: [preempt-rt] }
  constraints: { )" + constraints + " }\n")
                                    .matrix.exclude) {
          std::string text = rule.words + ":";
          for (const auto& term : rule.terms)
            text += fmt::format(" {}={}", term.axis, fmt::join(term.values, "|"));
          all.push_back(text);
        }
        return all;
      };
  CHECK(words("rt: { not: [kasan] }") == Names{"rt: not kasan: model=rt debug=kasan|all"});
  CHECK(words("lockdep: { needs: [rt] }") == Names{"lockdep: needs rt: debug=all model=voluntary"});
  CHECK(words("preempt-rt: { since: v6.6 }") == Names{"preempt-rt: since v6.6: model=rt source=a"});
  CHECK(words("\"debug=kasan\": { before: v6.12 }") ==
        Names{"debug=kasan: before v6.12: debug=kasan source=v6.12"});
}

static void check_problems(const char* golden, const std::string& text) {
  CHECK(testkit::compare_golden(std::string(KPROOF_TEST_DIR "/testdata/") + golden,
                                refusal(text)) == "");
}

TEST_CASE("every problem of the axes is told at once, with place, line, caret and next step") {
  check_problems(
      "matrix_axes.txt",
      kHead +
          R"(cases: [mm/a, { case: kvm/b, params: { backing: [anon, "a/b"] } }, { case: mm/*, params: { x: y } }]
matrix:
  kernel: { package: linux-image-amd64 }
  axes:
    mmu: [tdp, shadow, shadw]
    memory: [1 gig]
    vcpus: [0]
    kernel: [a, b]
    debug: [kasan]
    backng: [anonymous]
    none: { plain: [], other: }
    cmdline: [[a=1, b]]
    ram: { thp: { backing: hugetlb-1g }, "../x": { mem: 1G } }
    more: { x: { mmu: tdp }, y: kasan }
    backing: [anonymous]
    preempt: { full: [preempt-full] }
)");
}

TEST_CASE("every problem of the rules is told at once, with place, line, caret and next step") {
  check_problems("matrix_rules.txt",
                 kHead + R"(cases: [kvm/a, { case: kvm/b, params: { ram: [anon, thp] } }]
matrix:
  topology: { memory: 1G }
  axes:
    mmu: [tdp, shadow]
    debug: { plain: [], kasan: { cmdline: [kasan.fault=panic] } }
  cover: pairs
  cross: [mmu, cases]
  exclude: [ { mmu: sahdow }, { mmo: tdp }, {}, { ram: hugetlb, case: "mm/*" } ]
  include: [ { mmu: [tdp, shadow] }, { case: "kvm/*" } ]
  constraints:
    ksan: { not: [tdp] }
    tdp: { since: newest, until: v6.1 }
    shadow: { needs: [tdp], since: v6.1 }
)");
}

TEST_CASE("a matrix that makes no kernels needs those of the plan") {
  const std::string text = kSchema + kCases + "matrix: { axes: { mmu: [tdp, shadow] } }\n";
  CHECK(contains(refusal(text), "`the plan` lacks the key `kernels`"));
}

TEST_CASE("a version that no kernel of the matrix tells is asked for") {
  check_problems("matrix_versions.txt", kSchema + kCases + R"(
matrix:
  axes:
    source: { mine: { git: ../linux }, v6.6-mine: { git: ../linux, revision: next } }
    mmu: [tdp, shadow]
  constraints: { tdp: { since: v6.1 } }
)");
}

TEST_CASE("what would make more than anybody means is refused, and soon") {
  std::string digits = "1", letters = "a";
  for (int i = 2; i < 30; ++i) {
    digits += fmt::format(", {}", i);
    letters += fmt::format(", a{}", i);
  }
  const std::string params = fmt::format(
      "cases: [{{ case: kvm/b, params: {{ a: [{0}], b: [{0}], c: [{0}], d: [{0}] }} }}]\n",
      letters);
  CHECK(contains(refusal(kHead + params), "these parameters have more than 10000 combinations"));
  const std::string axes =
      fmt::format("matrix: {{ axes: {{ vcpus: [{}], memory: [1G, 2G, 3G], a: {{ ", digits) +
      "x: { cmdline: [a] }";
  std::string values;
  for (int i = 0; i < 200; ++i)
    values += fmt::format(", x{0}: {{ cmdline: [a{0}] }}", i);
  CHECK(contains(refusal(kHead + kCases + axes + values + " } } }\n"),
                 "the axes make more than 10000 topologies"));
}
