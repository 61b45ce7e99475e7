#include "cli/config_steps.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "util/files.hpp"

namespace kproof::cli {
using bisect::Changes;

std::size_t ConfigSteps::symbols_in(const Changes& made) const {
  std::size_t count = 0;
  for (const std::size_t one : made)
    count += difference_.groups[one].options.size();
  return count;
}

const report::ConfigStep& ConfigSteps::add(const Changes& made, report::ConfigStep step) {
  step.symbols = symbols_in(made);
  step_of_[made] = report_.steps.size();
  if (!step.refused) step_of_config_[step.config] = report_.steps.size();
  return report_.steps.emplace_back(std::move(step));
}

const report::ConfigStep* ConfigSteps::same_config(const Changes& made, const std::string& config) {
  const auto same = step_of_config_.find(config);
  if (same == step_of_config_.end()) return nullptr;
  return &report_.steps[step_of_[made] = same->second];
}

bool ConfigSteps::any_flaky() const {
  return std::ranges::any_of(report_.steps, [](const report::ConfigStep& step) {
    return step.seen.showing < step.seen.repetitions;
  });
}

void ConfigSteps::clear() {
  report_.steps.clear();
  step_of_.clear();
  step_of_config_.clear();
}

report::ConfigCause ConfigSteps::told(const bisect::Cause& cause,
                                      const std::filesystem::path& out) const {
  report::ConfigCause told{.least = cause.least,
                           .with = step_of_.at(cause.changes),
                           .fragment = fmt::format("least-{}.config", report_.causes.size() + 1)};
  std::string text =
      fmt::format("# What makes it appear: {}\n", fmt::join(report_.signature, "; "));
  for (const std::size_t one : cause.changes)
    for (const kconfig::Option& option : difference_.groups[one].options) {
      (cause.needed.contains(one) ? told.needed : told.options).push_back(option);
      text += option.bad == "n" ? fmt::format("# CONFIG_{} is not set\n", option.symbol)
                                : fmt::format("CONFIG_{}={}\n", option.symbol, option.bad);
    }
  util::write_file_atomically(out / told.fragment, text);
  return told;
}

}  // namespace kproof::cli
