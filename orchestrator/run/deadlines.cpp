#include "run/deadlines.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace kproof::run {

using namespace std::chrono_literals;

bool emulated(const Ground& ground) {
  return ground.accel == model::Accel::tcg || ground.hypervisor == "TCGTCGTCGTCG";
}

std::string hint_at_limits(const Ground& ground) {
  if (ground.hypervisor.empty() || ground.accel != model::Accel::kvm) return "";
  return fmt::format(
      "; this host is itself a guest (of {}): if it is only slow, `limits:` of the plan allow more",
      ground.hypervisor);
}

static unsigned scale_of_l1(const Ground& ground) {
  if (ground.accel == model::Accel::tcg) return 6;
  if (ground.hypervisor.empty()) return 1;
  return emulated(ground) ? 24 : 2;
}

unsigned scale_of(const Ground& ground, int level) {
  return scale_of_l1(ground) << (level - 1);
}

Deadlines deadlines(const model::Limits& limits, util::Millis case_timeout, const Ground& ground,
                    int level, unsigned slowness) {
  const unsigned scale = scale_of(ground, level) * slowness;
  return {.boot = limits.boot * scale,
          .silence = limits.silence * scale,
          .test = case_timeout * scale,
          .ping = 2s * scale,
          .poweroff = limits.poweroff * scale,
          .last_words = 1s * scale,
          .examine = 10s * scale,
          .console = limits.console};
}

util::Millis whole(const Deadlines& d) {
  const util::Millis examined = 4 * d.examine;  // with a dump of its memory (diagnosis_times)
  const util::Millis late = 2 * d.ping + 2 * d.silence + 2 * d.last_words;
  return 3 * d.boot + d.test + d.poweroff + late + 2 * examined;
}

Deadlines around(Deadlines own, const Deadlines& inner) {
  const util::Millis inside =
      2 * inner.boot + inner.test + inner.ping + inner.silence + inner.poweroff + 2 * inner.examine;
  own.test = std::max(own.test, inside + own.poweroff);
  return own;
}

}  // namespace kproof::run
