// What work takes from the host while it runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>

namespace kproof::resources {

inline constexpr std::uint64_t kPage2M = 2ull << 20, kPage1G = 1ull << 30;

struct Needs {
  unsigned vcpus = 0;        // threads that want a core of their own
  std::uint64_t memory = 0;  // bytes that it may come to use; without those of huge pages
  std::map<std::uint64_t, std::uint64_t> huge_pages;  // bytes of a page -> pages
  std::uint64_t shared = 0;  // bytes of files beside the sockets, of NVDIMMs; counted as memory too
  bool in_full = false;      // it starts when as many cores are free, not one: a build
  bool quiet = false;        // it measures time: nothing runs beside it

  bool operator==(const Needs&) const = default;
};

// a + b that stops at the largest number: what others claim may be anything.
std::uint64_t add_up(std::uint64_t a, std::uint64_t b);
// a - b, at least 0.
std::uint64_t less(std::uint64_t a, std::uint64_t b);

// All of them at once; quiet if one is.
Needs sum(std::span<const Needs> all);

// How many are of cells, and not of builds.
std::size_t cells_of(std::span<const Needs> all);

// "3.5 GiB"
std::string gib(std::uint64_t bytes);

}  // namespace kproof::resources
