// Deadlines of guests that live in tests only.
#pragma once

#include <chrono>
#include <cstddef>

#include "run/deadlines.hpp"

namespace kproof::run {

// `console`: bytes of it that a guest may print.
inline Deadlines short_deadlines(std::chrono::seconds examine, std::size_t console) {
  using namespace std::chrono_literals;
  return {.boot = 10s,
          .silence = 5s,
          .test = 20s,
          .ping = 2s,
          .poweroff = 3s,
          .last_words = 1s,
          .examine = examine,
          .console = console};
}

}  // namespace kproof::run
