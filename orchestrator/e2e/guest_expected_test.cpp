// Failures that a plan declares, and what comes of it when they do not happen.
#include <doctest/doctest.h>

#include "e2e/support.hpp"
#include "util/files.hpp"

namespace kproof::e2e::guest_expected_test {

TEST_CASE("failures that happen as declared are expected, and the run exits with 0") {
  const Run run = run_plan(plan("as_declared"), fresh_directory("as_declared"));
  check_whole(run, 0, 5);
  for (const Json& cell : run.results.at("cells")) {
    CHECK(cell.at("expected") == true);
    CHECK(cell.at("verdict") == cell.at("expectation").at("verdict"));
    CHECK(cell.at("verdict") != "pass");
  }
}

TEST_CASE("failures that do not happen as declared are unexpected, and the run exits with 1") {
  const Run run = run_plan(plan("not_as_declared"), fresh_directory("not_as_declared"));
  check_whole(run, 1, 3);
  for (const Json& cell : run.results.at("cells"))
    CHECK(cell.at("expected") == false);
  const std::string before = "debian-6.1/l1/selftest/", place = R"( \(.*not_as_declared.yaml:.*\))";
  check_ending(run, before + "pass",
               {"pass", "none", ".*; expected fail" + place + ", but this is pass"});
  check_ending(run, before + "hung_task",
               {"fail", "kernel",
                "finding: INFO: task hung in pipe_read; expected fail" + place +
                    ", but finding `INFO: task hung in pipe_read` was not expected"});
  check_ending(run, before + "no_evidence",
               {"miss", "test",
                "evidence: never_proven missing; expected fail" + place + ", but this is miss"});
}

TEST_CASE("a case that does not exist is an error of the plan: exit 2, and nothing is booted") {
  const std::filesystem::path directory = fresh_directory("no_such_case");
  util::write_file_atomically(directory / "plan.yaml",
                              "schema: 1\n"
                              "kernels:\n"
                              "  debian-6.1: { package: linux-image-amd64 }\n"
                              "cases:\n"
                              "  - selftest/pass\n"
                              "  - selftest/no_such_case\n");
  const Run run = run_plan(directory / "plan.yaml", directory / "out");
  CHECK(run.process.exit_code == 2);
  CHECK(run.process.err.find("plan.yaml:6:5") != std::string::npos);
  CHECK(run.process.err.find("selftest/no_such_case") != std::string::npos);
  CHECK(run.results.is_null());
  CHECK_FALSE(std::filesystem::exists(directory / "out/cells"));
}

TEST_CASE("deadlines that contradict each other are refused with the numbers: nothing is booted") {
  const std::filesystem::path directory = fresh_directory("incoherent");
  util::write_file_atomically(
      directory / "plan.yaml",
      "schema: 1\n"
      "kernels:\n"
      "  debian-6.1: { package: linux-image-amd64 }\n"
      "topologies:\n"
      "  l1: { memory: 512M, cmdline: [rcupdate.rcu_cpu_stall_timeout=30] }\n"
      "cases:\n"
      "  - selftest/pass\n");
  const Run run = run_plan(directory / "plan.yaml", directory / "out");
  CHECK(run.process.exit_code == 2);
  CHECK(
      run.process.err.find("plan.yaml:5:3: topology `l1`, case selftest/pass: in L1, an RCU stall "
                           "is reported after 30 s (rcupdate.rcu_cpu_stall_timeout=30), and a "
                           "soft lockup is reported after 20 s") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(directory / "out/cells"));
}

}  // namespace kproof::e2e::guest_expected_test
