// The real test programs, run on the host: what they declare and print is what kproof reads.
#include <algorithm>
#include <csignal>
#include <iterator>
#include <sstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "ktap/parse.hpp"
#include "util/subprocess.hpp"

using kproof::model::CaseReport;
using kproof::model::Subtest;
using kproof::util::CommandResult;

static CommandResult run_case(const std::string& name, std::vector<std::string> args = {}) {
  args.insert(args.begin(), std::string(KPROOF_CASES_DIR "/") + name);
  return kproof::util::run({.argv = args, .output_limit = 200 << 20});
}

static std::vector<std::string> all_cases() {
  std::istringstream names(KPROOF_CASES);
  return {std::istream_iterator<std::string>(names), {}};
}

TEST_CASE("every case describes itself as JSON of schema 1") {
  REQUIRE(all_cases().size() > 20);
  for (const std::string& name : all_cases()) {
    CAPTURE(name);
    const CommandResult result = run_case(name, {"--describe"});
    REQUIRE(result.ok());
    const auto json = nlohmann::json::parse(result.out, nullptr, false);
    REQUIRE(json.is_object());
    CHECK(json.at("schema") == 1);
    CHECK(json.at("name") == name);
    CHECK(json.at("summary").get<std::string>().size() > 10);
    CHECK(json.at("evidence").is_array());
    CHECK(json.at("timeout_ms") > 0);
    static const std::vector<std::string> kKeys{"schema",   "name",       "summary", "needs",
                                                "evidence", "timeout_ms", "quiet",   "inside"};
    for (const auto& [key, value] : json.items())
      CHECK(std::count(kKeys.begin(), kKeys.end(), key) == 1);
  }
}

TEST_CASE("every need that a case declares has the shape that the protocol gives it") {
  for (const std::string& name : all_cases()) {
    CAPTURE(name);
    const auto json = nlohmann::json::parse(run_case(name, {"--describe"}).out);
    const auto needs = json.value("needs", nlohmann::json::object());
    for (const auto& item : needs.items()) {
      const std::string& key = item.key();
      const auto& value = item.value();
      CAPTURE(key);
      if (key == "modules" || key == "kconfig" || key == "cmdline")
        CHECK(value.is_array());
      else if (key == "sysctls")
        CHECK(value.is_object());
      else if (key == "memory" || key == "vcpus" || key == "nvdimm")
        CHECK(value.is_number_unsigned());
      else if (key == "kvm")
        CHECK(value.is_boolean());
      else
        FAIL_CHECK("unknown key");
      if (key == "kconfig")
        for (const auto& symbol : value)
          CHECK(symbol.get<std::string>().starts_with("CONFIG_"));
    }
  }
}

TEST_CASE("every case knows --help and refuses an option that it does not know") {
  for (const std::string& name : all_cases()) {
    CAPTURE(name);
    const CommandResult help = run_case(name, {"--help"});
    CHECK(help.ok());
    CHECK(help.out.find("--describe") != std::string::npos);
    const CommandResult bad = run_case(name, {"--nonsense"});
    CHECK(bad.exit_code == 64);
    CHECK(bad.err.find("--nonsense") != std::string::npos);
  }
}

TEST_CASE("a case describes what it needs with the options that stand before --describe") {
  const auto describe = [](const char* backing) {
    const CommandResult result =
        run_case("kvm/stale_mapping", {"--backing", backing, "--describe"});
    return nlohmann::json::parse(result.out).at("needs");
  };
  CHECK(!describe("anon").contains("nvdimm"));
  CHECK(describe("devdax-1g").at("nvdimm") == 3ull << 30);
  CHECK(describe("hugetlb-1g").at("cmdline").size() == 2);
}

TEST_CASE("an option that takes one of some words refuses any other") {
  const CommandResult bad = run_case("kvm/stale_mapping", {"--backing", "paper"});
  CHECK(bad.exit_code == 64);
  CHECK(bad.err.find("bad value of --backing: paper") != std::string::npos);
}

TEST_CASE("a case that passes says so, with its evidence and metrics") {
  const CommandResult result = run_case("selftest/pass");
  CHECK(result.exit_code == 0);
  const CaseReport report = kproof::ktap::parse(result.out);
  CHECK(report.malformed == "");
  CHECK(report.subtests.size() == 2);
  CHECK(report.subtests.at(1).result == Subtest::Result::skip);
  CHECK(report.evidence.at(0).proven);
  CHECK(report.metrics.at(0).value == 42);
}

TEST_CASE("a case that fails exits with 1 and says why before the result") {
  const CommandResult result = run_case("selftest/not_ok");
  CHECK(result.exit_code == 1);
  const CaseReport report = kproof::ktap::parse(result.out);
  CHECK(report.subtests.at(1).result == Subtest::Result::not_ok);
  CHECK(report.subtests.at(1).diagnostic == "one is not two");
}

TEST_CASE("a skip exits with 4, a bail-out with 2, and both have reasons") {
  const CommandResult skip = run_case("selftest/skips");
  CHECK(skip.exit_code == 4);
  CHECK(kproof::ktap::parse(skip.out).skip_reason == "this machine has no tea");
  const CommandResult bail = run_case("selftest/bails_out");
  CHECK(bail.exit_code == 2);
  const CaseReport report = kproof::ktap::parse(bail.out);
  CHECK(report.malformed == "");
  CHECK(report.bail_out.starts_with("testcases/selftest/bails_out.cpp:"));
  CHECK(report.bail_out.find("open(/nowhere/at/all): ENOENT") != std::string::npos);
}

TEST_CASE("a case that crashes has lost nothing of what it said") {
  const CommandResult result = run_case("selftest/crash_sigsegv");
  CHECK(result.signal == SIGSEGV);
  const CaseReport report = kproof::ktap::parse(result.out);
  CHECK(report.subtests.size() == 1);
  CHECK(report.malformed == "line 5: the end after 1 of 2 results");
}

TEST_CASE("garbage and a truncated document are malformed, though the exit code is 0") {
  const CommandResult garbage = run_case("selftest/garbage");
  CHECK(garbage.exit_code == 0);
  CHECK(kproof::ktap::parse(garbage.out).malformed == "line 1: binary data");
  const CommandResult truncated = run_case("selftest/truncated");
  CHECK(truncated.exit_code == 0);
  CHECK(kproof::ktap::parse(truncated.out).malformed == "line 4: the end after 1 of 3 results");
}

TEST_CASE("100 MB of diagnostics are read in full") {
  const CommandResult result = run_case("selftest/floods_stdout");
  CHECK(result.out.size() > 100'000'000);
  const CaseReport report = kproof::ktap::parse(result.out);
  CHECK(report.malformed == "");
  CHECK(report.subtests.size() == 1);
}

TEST_CASE("what would take a machine down refuses to do so outside a guest") {
  for (const char* name : {"kernel_panic", "kernel_hang", "kernel_sleeps", "reboots", "powers_off",
                           "kills_agent", "stops_agent", "eats_memory", "taints"}) {
    CAPTURE(name);
    const CommandResult result = run_case(std::string("selftest/") + name);
    CHECK(result.exit_code == 2);
    CHECK(kproof::ktap::parse(result.out).bail_out != "");
  }
}
