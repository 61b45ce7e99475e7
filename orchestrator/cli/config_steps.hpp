// What config-bisect has tried: which changes, by which config, with what outcome.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "bisect/minimise.hpp"
#include "kconfig/difference.hpp"
#include "report/config_bisect.hpp"

namespace kproof::cli {

class ConfigSteps {
 public:
  // Both are borrowed; the steps are kept in `report`.
  ConfigSteps(const kconfig::Difference& difference, report::ConfigBisectReport& report)
      : difference_(difference), report_(report) {}

  std::size_t symbols_in(const bisect::Changes& made) const;
  const report::ConfigStep& add(const bisect::Changes& made, report::ConfigStep step);
  // Where that config was tried for other changes: its step, which is then that of `made`, too.
  const report::ConfigStep* same_config(const bisect::Changes& made, const std::string& config);
  std::size_t index_of(const bisect::Changes& made) const { return step_of_.at(made); }
  bool any_flaky() const;
  void clear();

  // Writes the cause as a fragment, least-N.config, into `out`.
  report::ConfigCause told(const bisect::Cause& cause, const std::filesystem::path& out) const;

 private:
  const kconfig::Difference& difference_;
  report::ConfigBisectReport& report_;
  std::map<bisect::Changes, std::size_t> step_of_;
  std::map<std::string, std::size_t> step_of_config_;
};

}  // namespace kproof::cli
