#include <algorithm>

#include <doctest/doctest.h>

#include "suites/known.hpp"
#include "suites/shelf.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::suites;
namespace fs = std::filesystem;
using Words = std::vector<std::string>;

static model::Suite selftests(const std::string& directory) {
  return {.name = "st", .of = model::Kselftests{directory, std::nullopt}, .place = "p.yaml:3:3"};
}

static Shelf shelf_of(const model::Suite& suite, const std::vector<std::string>& cases = {}) {
  model::Plan plan;
  plan.suites = {suite};
  for (const std::string& name : cases)
    plan.cases.push_back({.name = name});
  return Shelf(plan);
}

namespace {
// A directory of programs; gone afterwards.
struct Directory {
  const util::ScratchDir scratch{"kproof-suite-"};
  const fs::path path = scratch.path();
  void add(const std::string& name, const std::string& text, bool executable = true) const {
    fs::create_directories((path / name).parent_path());
    util::write_file_atomically(path / name, text);
    if (executable) fs::permissions(path / name, fs::perms(0755));
  }
  model::Suite suite() const {
    return {.name = "mine", .of = model::Programs{path}, .place = "p.yaml:3:3"};
  }
  model::Suite unit_tests() const {
    return {.name = "unit", .of = model::KvmUnitTests{path}, .place = "p.yaml:3:3"};
  }
};
}  // namespace

TEST_CASE("what kproof knows of kselftest is in order, and each is there once") {
  const auto known = known_selftests();
  const auto key = [](const KnownSelftest& one) { return std::pair(one.directory, one.name); };
  CHECK(std::ranges::is_sorted(known, {}, key));
  CHECK(std::ranges::adjacent_find(known, {}, key) == known.end());
}

TEST_CASE("a KVM selftest owes that a guest ran, in the declared mode of the MMU") {
  const Shelf shelf = shelf_of(selftests("kvm"));
  const Member& plain = *shelf.find("st/demand_paging_test");
  CHECK(plain.description.needs.kvm);
  CHECK(plain.description.evidence == Words{"kvm_api", "mmu_mode", "guest_entered"});
  CHECK(plain.runner == Words{"--kvm"});
  CHECK(shelf.find("st/max_guest_memory_test")->description.evidence.back() == "notifier_called");
  CHECK(shelf_of(selftests("mm")).find("st/cow")->description.evidence.empty());
}

TEST_CASE("a plan may name a selftest that kproof knows nothing of, but no glob finds it") {
  const Shelf shelf = shelf_of(selftests("kvm"), {"st/steal_time", "st/*", "mm/thp_mprotect"});
  REQUIRE(shelf.find("st/steal_time"));
  CHECK(shelf.find("st/steal_time")->description.summary ==
        "tools/testing/selftests/kvm/steal_time");
  CHECK(!shelf.find("st/*"));
  CHECK(!shelf.find("mm/thp_mprotect"));
}

TEST_CASE("a selftest that is misspelt is told what was meant") {
  const Shelf shelf =
      shelf_of(selftests("kvm"), {"st/memslot_pref_test", "st/steal_time", "st/guest_memfd_test"});
  CHECK(shelf.hint_at("st/memslot_pref_test") == " (do you mean `st/memslot_perf_test`?)");
  CHECK(shelf.hint_at("st/steal_time") == "");
  CHECK(shelf.hint_at("st/guest_memfd_test") == "");
}

TEST_CASE("what the plan says of all and of one is added to what the suite needs") {
  model::Suite suite = selftests("kvm");
  suite.all.needs.cmdline = {"nokaslr"};
  suite.all.timeout = util::Millis(1000);
  suite.programs = {{.name = "demand_paging_test",
                     .args = Words{"-b", "1M"},
                     .needs = {.memory = 4ull << 30},
                     .timeout = util::Millis(2000)}};
  const Shelf shelf = shelf_of(suite);
  const Member& one = *shelf.find("st/demand_paging_test");
  CHECK(one.args == Words{"-b", "1M"});
  CHECK(one.description.needs.memory == 4ull << 30);
  CHECK(one.description.needs.kvm);
  CHECK(one.description.needs.cmdline == Words{"nokaslr"});
  CHECK(one.description.timeout == util::Millis(2000));
  CHECK(shelf.find("st/dirty_log_test")->description.timeout == util::Millis(1000));
}

TEST_CASE("each executable file of a directory is a case, and a script is none that can run") {
  const Directory directory;
  directory.add("a_test", "\177ELF and so on");
  directory.add("run.sh", "#!/bin/sh\n");
  directory.add("README", "words", false);
  Shelf shelf = shelf_of(directory.suite());
  CHECK(shelf.names() == Words{"mine/a_test", "mine/run.sh"});
  const source::Settings none{.cache = {}, .fragments = {}};
  CHECK(shelf.fetch("mine/a_test", {}, "", none).lacks == "");
  CHECK(shelf.fetch("mine/run.sh", {}, "", none).lacks ==
        (directory.path / "run.sh").string() + " is a script, and the guest holds programs alone");
}

TEST_CASE("a suite that is none is refused with the plan's place") {
  const Directory directory;
  CHECK_THROWS_WITH_AS(
      shelf_of(
          {.name = "x", .of = model::Programs{directory.path / "none"}, .place = "p.yaml:3:3"}),
      doctest::Contains("p.yaml:3:3: suite `x`: "), ConfigError);
  CHECK_THROWS_WITH_AS(shelf_of(directory.suite()), doctest::Contains("holds no program"),
                       ConfigError);
  CHECK_THROWS_WITH_AS(shelf_of(directory.unit_tests()), doctest::Contains("unittests.cfg"),
                       ConfigError);
  directory.add("a_test", "\177ELF");
  model::Suite suite = directory.suite();
  suite.programs = {{.name = "b_test", .place = "p.yaml:5:7"}};
  CHECK_THROWS_WITH_AS(shelf_of(suite), "p.yaml:5:7: suite `mine` has no program `b_test`",
                       ConfigError);
}

static constexpr const char* kUnitTests = R"(
##############
# unittest configuration
[apic]
file = apic.flat
smp = 2
extra_params = -cpu qemu64,+x2apic -append 'two words'
timeout = 30
groups = apic
arch = x86_64

[pmu]
file = pmu.flat
check = /proc/sys/kernel/nmi_watchdog=0 /sys/module/kvm_amd/parameters/nested=1
accel = kvm

[smap32]
file = smap.flat
arch = i386

[tcg]
file = tcg.flat
accel = tcg

[many]
file = many.flat
smp = $MAX_SMP
timeout = 90s
)";

TEST_CASE("unittests.cfg is read as kvm-unit-tests' own scripts read it") {
  const auto tests = parse_unit_tests(kUnitTests, "unittests.cfg");
  REQUIRE(tests.size() == 3);
  CHECK(tests[0].name == "apic");
  CHECK(tests[0].smp == 2);
  CHECK(tests[0].extra == Words{"-cpu", "qemu64,+x2apic", "-append", "two words"});
  CHECK(tests[0].timeout == util::Millis(30000));
  CHECK(tests[0].place == "unittests.cfg:4");
  CHECK(tests[1].check[1] ==
        std::pair<std::string, std::string>("/sys/module/kvm_amd/parameters/nested", "1"));
  CHECK(tests[2].name == "many");
  CHECK(tests[2].smp == 2);
  CHECK(tests[2].timeout == util::Millis(90000));
}

TEST_CASE("what is no unittests.cfg is refused with its line") {
  CHECK_THROWS_WITH_AS(parse_unit_tests("file = x\n", "u.cfg"),
                       "u.cfg:1: `file = x` is neither [name] nor key = value", ConfigError);
  CHECK_THROWS_WITH_AS(parse_unit_tests("[a]\nsmp = two\nfile = f\n", "u.cfg"),
                       "u.cfg:2: `two` is no number", ConfigError);
  CHECK_THROWS_WITH_AS(parse_unit_tests("[a]\nsmp = 1\n\n[b]\nfile = f\n", "u.cfg"),
                       "u.cfg:4: [a] names no `file`", ConfigError);
}

TEST_CASE(
    "a flat binary is run by QEMU, by KVM alone, and what its test must find is set or asked") {
  const Directory directory;
  directory.add("x86/unittests.cfg", kUnitTests, false);
  directory.add("x86/apic.flat", "\177ELF", false);
  Shelf shelf = shelf_of(directory.unit_tests());
  CHECK(shelf.names() == Words{"unit/apic", "unit/many", "unit/pmu"});
  CHECK(shelf.wants_emulator("unit/apic"));
  const Member& pmu = *shelf.find("unit/pmu");
  CHECK(pmu.description.needs.sysctls.front() ==
        std::pair<std::string, std::string>("kernel.nmi_watchdog", "0"));
  CHECK(pmu.runner ==
        Words{"--unit-test", "--require", "/sys/module/kvm_amd/parameters/nested=1", "--kvm"});
  const source::Settings none{.cache = {}, .fragments = {}};
  CHECK(shelf.fetch("unit/pmu", {}, "", none).lacks.ends_with("pmu.flat: it was not built"));
  const auto program = shelf.fetch("unit/apic", {}, "", none);
  const auto guest = shelf.guest_program("unit/apic", {}, program, "/usr/bin/qemu");
  CHECK(guest.files.at("/suites/unit/apic") == directory.path / "x86/apic.flat");
  const auto& argv = guest.argv;
  CHECK(Words(argv.begin(), argv.begin() + 5) ==
        Words{"/suites/runner", "--unit-test", "--kvm", "--", "/usr/bin/qemu"});
  CHECK(std::ranges::find(argv, "accel=kvm") != argv.end());
  CHECK(argv.back() == "two words");
}

TEST_CASE("what kvm-unit-tests run only by hand runs only by its name") {
  const Directory directory;
  directory.add("unittests.cfg", "[slow]\nfile = slow.flat\ngroups = nodefault kvmclock\n", false);
  CHECK(shelf_of(directory.unit_tests(), {"unit/*"}).names().empty());
  CHECK(shelf_of(directory.unit_tests(), {"unit/slow"}).names() == Words{"unit/slow"});
}

TEST_CASE("the plan's arguments replace the suite's own") {
  const Shelf shelf = shelf_of(selftests("kvm"));
  const Program program{.file = "/cache/program", .lacks = ""};
  const auto own = shelf.guest_program("st/demand_paging_test", {}, program, "");
  CHECK(own.argv == Words{"/suites/runner", "--kvm", "--", "/suites/st/demand_paging_test", "-b",
                          "32M", "-v", "2"});
  const auto other = shelf.guest_program("st/demand_paging_test", {"-h"}, program, "");
  CHECK(other.argv.back() == "-h");
  CHECK(other.argv.size() == 5);
}

TEST_CASE("the source of Debian's kernels is a package of the same version") {
  CHECK(source_package_of("6.1.0-56-amd64") == "linux-source-6.1");
  CHECK(source_package_of("6.12.57+deb12-amd64") == "linux-source-6.12");
  CHECK(source_package_of("mine") == "");
}
