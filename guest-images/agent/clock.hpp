// Time since boot.
#pragma once

#include <cstdint>
#include <ctime>

namespace kproof::guest {

inline std::uint64_t now_us() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1000000 +
         static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

inline std::uint64_t now_ms() {
  return now_us() / 1000;
}

}  // namespace kproof::guest
