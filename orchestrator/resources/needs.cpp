#include "resources/needs.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace kproof::resources {

std::uint64_t add_up(std::uint64_t a, std::uint64_t b) {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  return a > kMost - b ? kMost : a + b;
}

std::uint64_t less(std::uint64_t a, std::uint64_t b) {
  return a > b ? a - b : 0;
}

Needs sum(std::span<const Needs> all) {
  Needs total;
  for (const Needs& one : all) {
    const std::uint64_t vcpus = add_up(total.vcpus, one.vcpus);
    total.vcpus = static_cast<unsigned>(std::min<std::uint64_t>(vcpus, 1u << 30));
    total.memory = add_up(total.memory, one.memory);
    total.shared = add_up(total.shared, one.shared);
    for (const auto& [page, count] : one.huge_pages)
      total.huge_pages[page] = add_up(total.huge_pages[page], count);
    total.quiet |= one.quiet;
  }
  return total;
}

std::size_t cells_of(std::span<const Needs> all) {
  return static_cast<std::size_t>(std::ranges::count(all, false, &Needs::in_full));
}

std::string gib(std::uint64_t bytes) {
  return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / (1ull << 30));
}

}  // namespace kproof::resources
