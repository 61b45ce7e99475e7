// What the fuzzers share: properties, and input cut into chunks by the input itself.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace kproof::fuzz {

// A property that does not hold is a crash, with the input that showed it.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Calls `take` with pieces of 1 to 64 bytes, sometimes of thousands, as the bytes themselves say.
template <class Take>
void in_chunks(std::string_view text, Take take) {
  std::size_t state = text.size();
  for (std::size_t pos = 0; pos < text.size();) {
    state = state * 31 + static_cast<unsigned char>(text[pos]);
    const std::size_t wanted = state % 7 == 0 ? 1 + state % 20000 : 1 + state % 64;
    const std::size_t size = std::min(wanted, text.size() - pos);
    take(text.substr(pos, size));
    pos += size;
  }
}

}  // namespace kproof::fuzz
