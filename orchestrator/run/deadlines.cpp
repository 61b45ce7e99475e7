#include "run/deadlines.hpp"

namespace kproof::run {

using namespace std::chrono_literals;

unsigned scale_of(model::Accel accel) {
  return accel == model::Accel::kvm ? 1 : 6;
}

Deadlines deadlines(const model::Limits& limits, util::Millis case_timeout, model::Accel accel) {
  const unsigned scale = scale_of(accel);
  return {.boot = limits.boot * scale,
          .silence = limits.silence * scale,
          .test = case_timeout * scale,
          .ping = 2s * scale,
          .poweroff = limits.poweroff * scale,
          .last_words = 1s * scale,
          .console = limits.console};
}

}  // namespace kproof::run
