#include "plan/admission.hpp"

#include <fmt/format.h>

#include "util/error.hpp"

namespace kproof::plan {

static std::string gib(std::uint64_t bytes) {
  return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / (1ull << 30));
}

void require_fit(const Needs& needs, const Capacity& capacity, std::string_view cell) {
  if (needs.memory <= capacity.memory) return;
  throw HostError(
      fmt::format("{} needs {} of memory ({} bytes); this host has {} ({} bytes) for "
                  "guests",
                  cell, gib(needs.memory), needs.memory, gib(capacity.memory), capacity.memory),
      "free memory, lower `memory:` of its topology, or leave it out with --case");
}

std::size_t startable(std::span<const Needs> running, std::span<const Needs> waiting,
                      const Capacity& capacity) {
  unsigned vcpus = 0;
  std::uint64_t memory = 0;
  bool alone = false;
  for (const auto& needs : running) {
    alone |= needs.alone;
    vcpus += needs.vcpus;
    memory += needs.memory;
  }
  std::size_t count = 0;
  for (const auto& needs : waiting) {
    const bool first = running.empty() && count == 0;
    const bool core_free = vcpus < capacity.cores || first;
    if (alone || (needs.alone && !first)) break;
    if (!core_free || memory + needs.memory > capacity.memory) break;
    vcpus += needs.vcpus;
    memory += needs.memory;
    alone = needs.alone;
    ++count;
  }
  return count;
}

}  // namespace kproof::plan
