// Plans and files of known issues: any bytes are a value or a ConfigError.
#include "config/known_issues.hpp"
#include "config/plan.hpp"
#include "fuzz/property.hpp"
#include "util/error.hpp"

using namespace kproof;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  try {
    config::parse_plan(text, "plan.yaml", "/home", [] { return std::vector<std::string>{"EPYC"}; });
  } catch (const ConfigError&) {
  }
  try {
    std::vector<std::string> warnings;
    config::parse_known_issues(text, "known.yaml", warnings);
  } catch (const ConfigError&) {
  }
  return 0;
}
