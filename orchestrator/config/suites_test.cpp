#include <doctest/doctest.h>

#include "config/plan_text.hpp"

using namespace kproof;
using namespace kproof::config;
using namespace std::chrono_literals;
using Words = std::vector<std::string>;

static const std::string kWithSuites = kHead + R"(suites:
  kselftest-kvm: { kselftest: kvm, source: { package: linux-source-6.12 } }
  of-the-kernel: { kselftest: mm }
  unit: { kvm-unit-tests: ../kvm-unit-tests, timeout: 30s }
  mine:
    directory: ~/tests
    needs: { kvm: true, memory: 2G, vcpus: 4, modules: [nvme], kconfig: [CONFIG_KSM] }
    programs:
      a_test: { args: [-v, "2"], timeout: 1m, needs: { sysctls: { vm.nr_hugepages: 8 } } }
cases: [kselftest-kvm/*, mine/a_test]
)";

TEST_CASE("a suite is kselftest's, kvm-unit-tests' or a directory's") {
  const auto suites = parse(kWithSuites).suites;
  REQUIRE(suites.size() == 4);
  const auto& kvm = std::get<model::Kselftests>(suites[0].of);
  CHECK(kvm.directory == "kvm");
  CHECK(std::get<model::SourcePackage>(*kvm.tree).package == "linux-source-6.12");
  CHECK_FALSE(std::get<model::Kselftests>(suites[1].of).tree);
  CHECK(std::get<model::KvmUnitTests>(suites[2].of).directory == "kvm-unit-tests");
  CHECK(suites[2].all.timeout == 30s);
  CHECK(std::get<model::Programs>(suites[3].of).directory == "/home/u/tests");
  CHECK(suites[3].place == "plans/p.yaml:7:3");
}

TEST_CASE("what its programs need stands beside the suite, for all and for one") {
  const auto mine = parse(kWithSuites).suites[3];
  CHECK(mine.all.needs.kvm);
  CHECK(mine.all.needs.memory == 2ull << 30);
  CHECK(mine.all.needs.vcpus == 4);
  CHECK(mine.all.needs.modules == Words{"nvme"});
  REQUIRE(mine.programs.size() == 1);
  CHECK(mine.programs[0].name == "a_test");
  CHECK(*mine.programs[0].args == Words{"-v", "2"});
  CHECK(mine.programs[0].timeout == 60s);
  CHECK(mine.programs[0].needs.sysctls.front() ==
        std::pair<std::string, std::string>("vm.nr_hugepages", "8"));
}

TEST_CASE("what is wrong with a suite is told with its place") {
  const auto suite = [](const std::string& text) {
    return refusal(kBase + "suites: { s: " + text + " }\n");
  };
  CHECK(contains(suite("{ timeout: 3s }"), "a suite needs one of `kselftest`, `kvm-unit-tests`"));
  CHECK(contains(suite("{ kselftest: kvm, directory: x }"), "a suite needs one of"));
  CHECK(contains(suite("{ kselftests: kvm }"), "did you mean `kselftest`?"));
  CHECK(contains(suite("{ directory: x, source: { package: linux-source-6.1 } }"),
                 "`source` is for `kselftest`"));
  CHECK(contains(suite("{ directory: x, needs: { kvm: maybe } }"), "must be true or false"));
  CHECK(contains(suite("{ directory: x, needs: { ram: 1G } }"), "unknown key `ram`"));
}
