#include "config/describe.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "util/error.hpp"

using namespace kproof;
using namespace std::chrono_literals;

static std::string refused_description(std::string_view json) {
  try {
    config::parse_description(json, "cases/mm/x");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

// A description that is complete but for what `rest` adds.
static std::string description_with(std::string_view rest) {
  return refused_description(
      fmt::format(R"({{"schema": 1, "name": "mm/x", "summary": "s"{}}})", rest));
}

TEST_CASE("a full description reaches the model") {
  const auto d = config::parse_description(R"({"schema": 1, "name": "mm/dax_1g_mprotect",
    "summary": "toggles", "needs": {"modules": ["libnvdimm", "nfit"], "kconfig": ["CONFIG_DEV_DAX"],
    "cmdline": ["quiet"], "sysctls": {"kernel.x": "1"}, "memory": 268435456, "vcpus": 2,
    "nvdimm": 4294967296}, "evidence": ["mapping_is_pud"], "timeout_ms": 30000})",
                                           "p");
  CHECK(d.name == "mm/dax_1g_mprotect");
  CHECK(d.needs.modules == std::vector<std::string>{"libnvdimm", "nfit"});
  CHECK(d.needs.kconfig == std::vector<std::string>{"CONFIG_DEV_DAX"});
  CHECK(d.needs.sysctls.at(0) == std::pair<std::string, std::string>{"kernel.x", "1"});
  CHECK(d.needs.memory == 256u << 20);
  CHECK(d.needs.nvdimm == 4ull << 30);
  CHECK(d.evidence == std::vector<std::string>{"mapping_is_pud"});
  CHECK(d.timeout == 30s);
}

TEST_CASE("absent keys of a description mean none") {
  const auto d = config::parse_description(R"({"schema": 1, "name": "mm/x", "summary": "s"})", "p");
  CHECK(d.needs.vcpus == 1);
  CHECK(d.evidence.empty());
  CHECK(d.timeout == model::CaseDescription{}.timeout);
}

TEST_CASE("a wrong description names the program and the key") {
  CHECK(refused_description("hello").starts_with("cases/mm/x --describe: not JSON"));
  CHECK(refused_description("[]") == "cases/mm/x --describe: not a JSON object");
  CHECK(refused_description("{}").find("`schema` must be 1") != std::string::npos);
  CHECK(description_with(R"(, "evidnce": [])") ==
        "cases/mm/x --describe: `evidnce` is unknown; did you mean `evidence`? known keys: "
        "schema, name, summary, needs, evidence, timeout_ms, quiet, inside");
  CHECK(description_with(R"(, "needs": {"memory": -1})").find("`needs.memory` must be") !=
        std::string::npos);
  CHECK(description_with(R"(, "needs": {"memory": "1G"})").find("`needs.memory`") !=
        std::string::npos);
  CHECK(description_with(R"(, "needs": {"sysctls": {"a": 1}})").find("`needs.sysctls.a`") !=
        std::string::npos);
  CHECK(description_with(R"(, "needs": [])").find("`needs` must be an object") !=
        std::string::npos);
  CHECK(description_with(R"(, "evidence": ["a", "a"])").find("twice") != std::string::npos);
  CHECK(description_with(R"(, "evidence": ["a"], "evidence": ["b"])").find("duplicate key") !=
        std::string::npos);
  CHECK(description_with(R"(, "timeout_ms": 0)").find("`timeout_ms`") != std::string::npos);
  CHECK(description_with("") == "accepted");
}
