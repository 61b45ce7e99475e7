// A bisection of configs for the terminal and for programs. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bisect/steps.hpp"
#include "kconfig/difference.hpp"
#include "report/run_report.hpp"
#include "report/text.hpp"

namespace kproof::report {

struct ConfigStep {
  std::size_t symbols = 0;  // that have the value of --bad; of those that somebody sets
  std::string config;       // 12 hex digits of the finished .config
  // kconfig made something else of what was asked, so that there is no kernel: neither good, bad
  // nor skipped.
  bool refused = false;
  bisect::Seen seen;  // `reason` says what was refused, and why
};

struct ConfigCause {
  std::vector<kconfig::Option> options;  // the least set
  std::vector<kconfig::Option> needed;   // what comes with it, by dependencies and selects
  bool least = true;                     // without any one of `options` it was seen not to appear
  std::size_t with = 0;                  // the step of --good and these: bad
  std::string fragment;                  // the same as a file below the run directory
};

enum class ConfigAnswer {
  open,           // it was interrupted
  found,          // and proven both ways
  unproven,       // what is found makes it appear; that it goes without was not seen
  no_difference,  // of the two ends
  flaky,          // --good shows it too, now and then
};
std::string_view to_string(ConfigAnswer answer);

struct ConfigBisectReport {
  std::string plan, kernel;
  std::string source;                  // "linux-source-6.1 6.1.192-2, 1 patch"
  std::string good, bad;               // as the user gave them, and what they are
  std::vector<std::string> signature;  // what is looked for: bisect::describe()
  std::size_t symbols = 0;             // that differ and somebody sets
  std::size_t groups = 0;              // of them that change by themselves
  std::size_t following = 0;           // that differ, and follow from the others
  std::vector<ConfigStep> steps;       // the two ends are the first two
  unsigned repetitions = 1;            // of each case on each kernel, at last
  ConfigAnswer answer = ConfigAnswer::open;
  std::string reason;               // of no_difference, flaky and unproven
  std::vector<ConfigCause> causes;  // several: any of them is enough
  // The step of --bad without any of them: good where it is proven.
  std::optional<std::size_t> without;
  std::string next;  // a command
  Filters filters;
  model::HostFacts host;
  std::string started, ended;  // UTC, ISO 8601
};

// Kernels that were built, or found in the cache; 2 log2(n) + 4 at most for one group among n.
std::size_t kernels_of(const ConfigBisectReport& report);

// A line a step, the set and its proofs.
std::string render_config_bisect(const ConfigBisectReport& report, const Style& style);

// results.json (json.hpp): "config_bisect".
std::string config_bisect_to_json(const ConfigBisectReport& report);

// Where the cells of a config are, below the run directory, and beside it "<this>.config":
// "configs/0123456789ab".
std::string directory_of_config(const std::string& config);

}  // namespace kproof::report
