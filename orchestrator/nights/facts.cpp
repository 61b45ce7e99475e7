#include "nights/facts.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kproof::nights {

static std::string first_of(const std::vector<std::string>& names, std::size_t most) {
  const auto shown = static_cast<std::ptrdiff_t>(std::min(names.size(), most));
  const std::string more =
      names.size() > most ? fmt::format(" and {} more", names.size() - most) : "";
  return fmt::format("{}{}", fmt::join(names.begin(), names.begin() + shown, ", "), more);
}

// "the night of 2026-01-21 to that of 2026-01-23", "the night of 2026-02-10 (99 %: 2026-02-08 to
// 2026-02-11)"
static std::string time_of(const Event& event) {
  const bool is_over = event.kind == Kind::outage || event.kind == Kind::lost;
  const bool is_sure = event.least.empty() || event.least == event.most;
  return fmt::format("the night of {}{}{}", event.since,
                     is_over ? fmt::format(" to that of {}", event.until) : "",
                     is_sure ? "" : fmt::format(" (99 %: {} to {})", event.least, event.most));
}

// What lies on both sides of the begin; it says nothing of what the host did, or of what comes and
// goes.
static std::string kernels_of(const Event& event) {
  if (event.kind == Kind::outage) return "";
  return event.kernel_before == event.kernel || event.kind == Kind::flake
             ? event.kernel
             : fmt::format("{} -> {}", event.kernel_before, event.kernel);
}

std::vector<Fact> facts_of(const Event& event, std::size_t most) {
  std::vector<Fact> facts{{"with", first_of(event.with, most)},
                          {"cells", first_of(event.cells, most)},
                          {"seen", event.how},
                          {"since", time_of(event)},
                          {"kernel", kernels_of(event)},
                          {"files", event.directory}};
  std::erase_if(facts, [](const Fact& fact) { return fact.value.empty(); });
  return facts;
}

}  // namespace kproof::nights
