// What the unit of a figure says of it.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace kproof::compare {

// More of it is worse. Whether more of anything else is, kproof cannot know.
inline bool is_time(std::string_view unit) {
  static constexpr std::array<std::string_view, 4> kTimes{"s", "ms", "us", "ns"};
  return std::ranges::find(kTimes, unit) != kTimes.end();
}

}  // namespace kproof::compare
