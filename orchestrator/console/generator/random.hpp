// Numbers that are the same on every machine for the same seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>

namespace kproof::console::generator {

// splitmix64 (Steele, Lea, Flood 2014): std::mt19937 would do, but its distributions differ between
// libraries.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t end) { return next() % end; }  // end > 0
  std::size_t between(std::size_t least, std::size_t most) {
    return least + below(most - least + 1);
  }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <class Range>
  const auto& pick(const Range& range) {
    return *std::next(std::begin(range), static_cast<std::ptrdiff_t>(below(std::size(range))));
  }
  std::string hex(std::size_t digits) {
    std::string text;
    while (text.size() < digits)
      text += "0123456789abcdef"[below(16)];
    return text;
  }

 private:
  std::uint64_t state_;
};

}  // namespace kproof::console::generator
