// Suites of other people, as a plan runs them: plans/suites.yaml on suites/.
#include <doctest/doctest.h>

#include "e2e/support.hpp"

namespace kproof::e2e::guest_suites_test {
namespace fs = std::filesystem;

static const Run& run() {
  static const Run run = [] {
    const fs::path directory = fresh_directory("suites");
    fs::copy_file(plan("suites"), directory / "suites.yaml");
    for (const char* suite : {"programs", "unit_tests"})
      fs::copy(fs::path(KPROOF_SUITES) / suite, directory / suite, fs::copy_options::recursive);
    return run_plan(directory / "suites.yaml", directory / "out");
  }();
  return run;
}

static const Json& of(const std::string& name) {
  return cell(run(),
              "debian-6.12/" + std::string(name.starts_with("unit/") ? "tdp/" : "l1/") + name);
}

static std::string subtests(const std::string& name) {
  std::string words;
  for (const Json& one : of(name).at("subtests"))
    words += one.at("result").get<std::string>() + " " + one.at("name").get<std::string>() + "; ";
  return words;
}

TEST_CASE("a run of suites ends whole, and what fails in it is not as expected") {
  check_whole(run(), 1, 8);
}

TEST_CASE(
    "a program with libraries runs in a guest that holds nothing else, and its results count") {
  CHECK(of("programs/tap").at("verdict") == "pass");
  CHECK(subtests("programs/tap") ==
        "ok the first; skip a bug that is known; ok what has tests inside; "
        "skip needs what there is not; ok the program ends well; ");
}

TEST_CASE("a program that says ok and dies has failed, and what it did not flush is not lost") {
  CHECK(of("programs/dies").at("verdict") == "fail");
  CHECK(subtests("programs/dies") == "ok all is well; not ok the program ends well; ");
}

TEST_CASE("a skip has the program's own reason") {
  check_ending(run(), "debian-6.12/l1/programs/skips", {"skip", "none", ".*there is no unicorn.*"});
}

TEST_CASE("a kernel that dies under a program is a crash") {
  CHECK(of("programs/crashes").at("verdict") == "crash");
  CHECK(subtests("programs/crashes").find("it lives") == std::string::npos);
}

TEST_CASE("a flat binary of kvm-unit-tests runs in QEMU by KVM, and that a guest ran is proven") {
  CHECK(of("unit/passes").at("verdict") == "pass");
  CHECK(subtests("unit/passes") == "ok it runs; skip no unicorn; ok the program ends well; ");
  const Json& entered = of("unit/passes").at("evidence").at("guest_entered").at(0);
  CHECK(entered.at("proven") == true);
  CHECK(of("unit/passes").at("evidence").at("mmu_mode").at(0).at("proven") == true);
}

TEST_CASE("its failure, and a summary of more than came, is one; what was not built is a skip") {
  CHECK(of("unit/fails").at("verdict") == "fail");
  CHECK(failed_subtests(of("unit/fails")) ==
        std::vector<std::string>{"b", "the program ends well"});
  CHECK(failed_subtests(of("unit/ends-early")) ==
        std::vector<std::string>{"the program ends well"});
  CHECK(of("unit/not-built").at("verdict") == "skip");
}

}  // namespace kproof::e2e::guest_suites_test
