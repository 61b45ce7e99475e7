#include "verdict/starved.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "verdict/rows.hpp"

namespace kproof::verdict {

std::string starved_sign(Levels levels) {
  const Observation* stalled = nullptr;
  util::Millis starved{0};
  for (const Observation& o : levels) {
    if (!only_stalls(o)) return "";
    if (!stalled && !o.findings.empty()) stalled = &o;
    starved = std::max(starved, o.outcome.starved);
  }
  if (!stalled || starved < kStarved) return "";
  return fmt::format("L{} stalled ({}), but this host gave it no CPU for {} of {}", stalled->level,
                     stalled->findings.front().title, util::format_duration(starved),
                     util::format_duration(model::kStarvedWindow));
}

}  // namespace kproof::verdict
