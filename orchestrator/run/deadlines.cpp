#include "run/deadlines.hpp"

#include <algorithm>

namespace kproof::run {

using namespace std::chrono_literals;

unsigned scale_of(model::Accel accel, int level) {
  return (accel == model::Accel::kvm ? 1u : 6u) << (level - 1);
}

Deadlines deadlines(const model::Limits& limits, util::Millis case_timeout, model::Accel accel,
                    int level, unsigned slowness) {
  const unsigned scale = scale_of(accel, level) * slowness;
  return {.boot = limits.boot * scale,
          .silence = limits.silence * scale,
          .test = case_timeout * scale,
          .ping = 2s * scale,
          .poweroff = limits.poweroff * scale,
          .last_words = 1s * scale,
          .examine = 10s * scale,
          .console = limits.console};
}

Deadlines around(Deadlines own, const Deadlines& inner) {
  const util::Millis inside =
      2 * inner.boot + inner.test + inner.ping + inner.silence + inner.poweroff + 2 * inner.examine;
  own.test = std::max(own.test, inside + own.poweroff);
  return own;
}

}  // namespace kproof::run
