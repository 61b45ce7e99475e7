#include "report/config_bisect.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "report/encode.hpp"
#include "util/units.hpp"

namespace kproof::report {
using bisect::Outcome;
using kconfig::Option;

std::string_view to_string(ConfigAnswer answer) {
  constexpr std::string_view kWords[] = {"open", "found", "unproven", "no difference", "flaky"};
  return kWords[static_cast<std::size_t>(answer)];
}

std::string directory_of_config(const std::string& config) {
  return "configs/" + config;
}

std::size_t kernels_of(const ConfigBisectReport& report) {
  return static_cast<std::size_t>(
      std::ranges::count_if(report.steps, [](const ConfigStep& step) { return !step.refused; }));
}

static std::string_view outcome_of(const ConfigStep& step) {
  return step.refused ? "refused" : to_string(step.seen.outcome);
}

static series::Change colour_of_step(const ConfigStep& step) {
  if (step.refused || step.seen.outcome == Outcome::skipped) return series::Change::changed;
  return step.seen.outcome == Outcome::good ? series::Change::fixed : series::Change::introduced;
}

static std::string first_line(const std::string& text) {
  return printable(text.substr(0, text.find('\n')));
}

static std::string line_of_step(const ConfigBisectReport& report, std::size_t at,
                                const Style& style) {
  const ConfigStep& step = report.steps[at];
  constexpr std::size_t kBefore = 42, kLeast = 38;  // columns: of what stands before the reason
  const std::size_t room = std::max(style.width, kBefore + kLeast) - kBefore;
  return fmt::format("{:>4}  {:>11}  {:12}  {}  {}\n", at + 1,
                     fmt::format("{} of {}", step.symbols, report.symbols),
                     step.refused ? "" : step.config,
                     tint(fmt::format("{:7}", outcome_of(step)), colour_of_step(step), style),
                     shorten(first_line(step.seen.reason), room));
}

// "CONFIG_HZ=250", "CONFIG_KVM is not set"
static std::string setting(const std::string& symbol, const std::string& value) {
  return value == "n" ? fmt::format("CONFIG_{} is not set", symbol)
                      : fmt::format("CONFIG_{}={}", symbol, value);
}

static std::string list_of(const std::vector<Option>& options) {
  std::string out;
  for (const Option& option : options)
    out += fmt::format("  {}  (--good: {})\n", printable(setting(option.symbol, option.bad)),
                       option.good == "n" ? "is not set" : printable(option.good));
  return out;
}

static std::string told(const ConfigCause& cause) {
  std::string out = list_of(cause.options);
  if (!cause.needed.empty()) out += "with what that needs:\n" + list_of(cause.needed);
  if (!cause.least) out += "  (not all of these could be tried by themselves)\n";
  return out;
}

static std::string proof(const ConfigBisectReport& report, const std::string& what,
                         std::size_t at) {
  const ConfigStep& step = report.steps[at];
  return fmt::format(
      "  {} = {}: step {}, {}\n", what, outcome_of(step), at + 1,
      step.refused ? first_line(step.seen.reason) : directory_of_config(step.config));
}

static std::string told_causes(const ConfigBisectReport& report) {
  const bool several = report.causes.size() > 1;
  std::string out = several ? "\nAny of these makes it appear:\n" : "\nThis makes it appear:\n";
  for (std::size_t i = 0; i < report.causes.size(); ++i)
    out += (several ? fmt::format("{}.\n", i + 1) : "") + told(report.causes[i]);
  out += report.answer == ConfigAnswer::found ? "\nproven both ways:\n" : "\nseen:\n";
  for (std::size_t i = 0; i < report.causes.size(); ++i)
    out += proof(report, several ? fmt::format("good + {}.", i + 1) : "good + it",
                 report.causes[i].with);
  if (report.without)
    out += proof(report, several ? "bad - all of them" : "bad - it", *report.without);
  return out;
}

static std::string told_answer(const ConfigBisectReport& report) {
  switch (report.answer) {
    case ConfigAnswer::open:
      return "\nInterrupted; the same command goes on from here.\n";
    case ConfigAnswer::no_difference:
      return fmt::format("\nNo difference: {}\n", printable(report.reason));
    case ConfigAnswer::flaky:
      return fmt::format("\nThe case is flaky: {}\n", printable(report.reason));
    case ConfigAnswer::unproven:
      return told_causes(report) + fmt::format("\nNot proven: {}\n", printable(report.reason));
    default:
      return told_causes(report);
  }
}

std::string render_config_bisect(const ConfigBisectReport& report, const Style& style) {
  std::string out =
      fmt::format("good: {}\nbad:  {}\n", printable(report.good), printable(report.bad));
  for (const std::string& line : report.signature)
    out += fmt::format("looked for: {}\n", printable(line));
  if (report.symbols > 0)
    out += fmt::format("{} and can be set, in {}; {} from them\n",
                       util::format_count(report.symbols, "symbol differs", "symbols differ"),
                       util::format_count(report.groups, "group"),
                       util::format_count(report.following, "more follows", "more follow"));
  if (!report.steps.empty()) out += "\nstep  as in --bad  config        outcome\n";
  for (std::size_t at = 0; at < report.steps.size(); ++at)
    out += line_of_step(report, at, style);
  out += told_answer(report);
  out += fmt::format("\n{}, each case {} on each; {} refused\n",
                     util::format_count(kernels_of(report), "kernel"),
                     util::format_count(report.repetitions, "time"),
                     util::format_count(report.steps.size() - kernels_of(report), "config"));
  if (!report.next.empty()) out += fmt::format("next: {}\n", printable(report.next));
  return out;
}

static Json encode_options(const std::vector<Option>& options) {
  Json list = Json::array();
  for (const Option& option : options)
    list.push_back({{"symbol", option.symbol}, {"good", option.good}, {"bad", option.bad}});
  return list;
}

static Json encode_step(const ConfigStep& step) {
  Json json{{"symbols", step.symbols},
            {"outcome", outcome_of(step)},
            {"reason", step.seen.reason},
            {"showing", step.seen.showing}};
  if (!step.refused) json["directory"] = directory_of_config(step.config);
  return json;
}

// Steps are told by their index.
static Json encode_cause(const ConfigCause& cause) {
  return {{"symbols", encode_options(cause.options)},
          {"needed", encode_options(cause.needed)},
          {"least", cause.least},
          {"with", cause.with},
          {"fragment", cause.fragment}};
}

std::string config_bisect_to_json(const ConfigBisectReport& report) {
  const bool interrupted = report.answer == ConfigAnswer::open;
  Json steps = Json::array(), causes = Json::array();
  for (const ConfigStep& step : report.steps)
    steps.push_back(encode_step(step));
  for (const ConfigCause& cause : report.causes)
    causes.push_back(encode_cause(cause));
  Json found{{"kernel", report.kernel},
             {"source", report.source},
             {"good", report.good},
             {"bad", report.bad},
             {"signature", report.signature},
             {"symbols", report.symbols},
             {"groups", report.groups},
             {"following", report.following},
             {"repetitions", report.repetitions},
             {"kernels", kernels_of(report)},
             {"steps", std::move(steps)},
             {"answer", to_string(report.answer)},
             {"reason", report.reason},
             {"causes", std::move(causes)},
             {"next", report.next}};
  if (report.without) found["without"] = *report.without;
  Json json = head_of("config-bisect", report.started, report.ended, interrupted);
  json.update({{"filters", encode(report.filters)},
               {"host", encode(report.host)},
               {"plan", {{"name", report.plan}}},
               {"config_bisect", std::move(found)}});
  return dump(json);
}

}  // namespace kproof::report
