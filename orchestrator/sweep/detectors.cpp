#include "sweep/detectors.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "util/error.hpp"

namespace kproof::sweep {

using Seconds = std::int64_t;

static bool is_on(const kernel::Kconfig& config, std::string_view symbol) {
  return config.enabled(symbol) == kernel::Setting::yes;
}

static bool may_be_on(const kernel::Kconfig& config, std::string_view symbol) {
  return config.enabled(symbol) != kernel::Setting::no;
}

unsigned slowness(const kernel::Kconfig& config) {
  const bool memory = (is_on(config, "CONFIG_KASAN") && !is_on(config, "CONFIG_KASAN_HW_TAGS")) ||
                      is_on(config, "CONFIG_KMSAN");
  return (memory ? 3u : 1u) * (is_on(config, "CONFIG_KCSAN") ? 5u : 1u) *
         (is_on(config, "CONFIG_PROVE_LOCKING") ? 2u : 1u);
}

// What RCU adds by itself: RCU_STALL_DELAY_DELTA in kernel/rcu/tree_stall.h.
static Seconds rcu_delay(const kernel::Kconfig& config) {
  return is_on(config, "CONFIG_PROVE_RCU") ? 5 : 0;
}

namespace {

// In the order in which they must speak.
struct Times {
  Seconds rcu, soft, hung;
  Seconds hung_interval;  // how often the hung task detector looks
};

}  // namespace

static Times fit(const kernel::Kconfig& config, util::Millis case_end, unsigned pace) {
  constexpr Seconds kMostSoft = 120;  // twice the largest watchdog_thresh
  const Seconds end = std::chrono::duration_cast<std::chrono::seconds>(case_end).count();
  const Seconds soft = std::clamp<Seconds>(end * 6 / 10, 12 * pace, 20 * pace);
  Times times;
  times.soft = std::min(kMostSoft, soft) / 2 * 2;
  times.rcu = std::max<Seconds>(3, times.soft * 3 / 4 - rcu_delay(config));
  times.hung = std::clamp<Seconds>(end * 8 / 10, times.soft + 4, 120 * pace);
  times.hung_interval = std::max<Seconds>(1, times.hung / 10);
  return times;
}

std::vector<std::string> detector_parameters(const kernel::Kconfig& config, util::Millis case_end,
                                             unsigned pace) {
  const Times times = fit(config, case_end, pace);
  std::vector<std::string> words{fmt::format("rcupdate.rcu_cpu_stall_timeout={}", times.rcu)};
  if (may_be_on(config, "CONFIG_SOFTLOCKUP_DETECTOR"))
    words.push_back(fmt::format("watchdog_thresh={}", times.soft / 2));
  if (may_be_on(config, "CONFIG_DETECT_HUNG_TASK")) {
    words.push_back(fmt::format("sysctl.kernel.hung_task_timeout_secs={}", times.hung));
    words.push_back(
        fmt::format("sysctl.kernel.hung_task_check_interval_secs={}", times.hung_interval));
  }
  return words;
}

namespace {

struct Step {
  std::string what;              // "a soft lockup is reported"
  std::optional<Seconds> after;  // nothing: never
  std::string word;              // that says so; "": kproof's own choice
};

}  // namespace

// Parameters are told by name whether they are spelt with '-' or '_'.
static std::string name_of(const std::string& word) {
  std::string name = word.substr(0, word.find('='));
  std::ranges::replace(name, '-', '_');
  return name;
}

static std::optional<Seconds> number_of(const std::string& word) {
  const std::size_t equals = word.find('=');
  if (equals == word.npos) return std::nullopt;
  Seconds value = 0;
  const char* end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data() + equals + 1, end, value);
  return error == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

static void say(Step& step, std::optional<Seconds> after, const std::string& word) {
  step.after = after;
  step.word = word;
}

// 0 switches the detector off, but for RCU, which takes 3 to 300.
static void obey(const std::string& word, Seconds rcu_delay, Step& rcu, Step& soft, Step& hung) {
  const std::string name = name_of(word);
  if (name == "nowatchdog" || name == "nosoftlockup") say(soft, std::nullopt, word);
  const std::optional<Seconds> value = number_of(word);
  if (!value) return;
  const std::optional<Seconds> on = *value > 0 ? value : std::nullopt;
  if (name == "rcupdate.rcu_cpu_stall_timeout")
    say(rcu, std::clamp<Seconds>(*value, 3, 300) + rcu_delay, word);
  if (name == "rcupdate.rcu_cpu_stall_suppress" && on) say(rcu, std::nullopt, word);
  if (name == "watchdog_thresh" || name == "sysctl.kernel.watchdog_thresh")
    say(soft, on ? std::optional(2 * *on) : on, word);
  if (name == "sysctl.kernel.hung_task_timeout_secs") say(hung, on, word);
}

static std::string sentence(const Step& step) {
  return fmt::format("{} after {} s{}", step.what, *step.after,
                     step.word.empty() ? "" : fmt::format(" ({})", step.word));
}

std::vector<std::string> incoherent(const kernel::Kconfig& config, util::Millis case_end,
                                    unsigned pace, const std::vector<std::string>& words) {
  const Times times = fit(config, case_end, pace);
  const Seconds end = std::chrono::duration_cast<std::chrono::seconds>(case_end).count();
  Step rcu{"an RCU stall is reported", times.rcu + rcu_delay(config), ""};
  Step soft{"a soft lockup is reported", times.soft, ""};
  Step hung{"a hung task is reported", times.hung, ""};
  const Step last{"the case is ended", end, ""};
  for (const std::string& word : words)
    obey(word, rcu_delay(config), rcu, soft, hung);
  if (!may_be_on(config, "CONFIG_SOFTLOCKUP_DETECTOR")) soft.after.reset();
  if (!may_be_on(config, "CONFIG_DETECT_HUNG_TASK")) hung.after.reset();
  const Step* const order[] = {&rcu, &soft, &hung, &last};
  std::vector<std::string> problems;
  for (std::size_t i = 0; i < std::size(order); ++i)
    for (std::size_t j = i + 1; j < std::size(order); ++j) {
      const Step &early = *order[i], &late = *order[j];
      const bool ours = early.word.empty() && late.word.empty();
      if (ours || !early.after || !late.after || *early.after < *late.after) continue;
      problems.push_back(sentence(early) + ", and " + sentence(late));
    }
  return problems;
}

void require_coherent(const model::Topology& topology, std::size_t level, const std::string& test,
                      const std::vector<std::string>& problems) {
  if (problems.empty()) return;
  throw ConfigError(fmt::format("{}: topology `{}`, case {}: in L{}, {}", topology.place,
                                topology.name, test, level + 1, fmt::join(problems, "; ")),
                    "RCU stall < soft lockup < hung task < end of the case: change these words of "
                    "the command line, or give the case more `timeout:`");
}

}  // namespace kproof::sweep
