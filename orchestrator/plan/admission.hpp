// Which cells may run at the same time. Pure; whoever runs cells asks again whenever one ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace kproof::plan {

// Of one cell: its guest's vcpus, and the bytes of host memory that it may come to use: guest RAM,
// the pages of its NVDIMM that its case touches, and QEMU itself.
struct Needs {
  unsigned vcpus = 1;
  std::uint64_t memory = 0;
  bool alone = false;  // it measures time: nothing runs beside it

  bool operator==(const Needs&) const = default;
};

struct Capacity {
  unsigned cores = 1;
  std::uint64_t memory = 0;  // bytes that cells may use together
};

// A cell whose memory exceeds the whole capacity never runs: HostError with both numbers. More
// vcpus than cores are no hindrance: such a cell runs, alone.
void require_fit(const Needs& needs, const Capacity& capacity, std::string_view cell);

// How many of `waiting`, from its front, may start now.
//
// A cell starts while the memory lasts and while some core is claimed by no vcpu of a running cell.
// For cells of v vcpus that allows max(1, cores / v rounded up) at once: vcpus are claimed in full,
// since a starved vcpu is a soft lockup that nobody wrote; rounding up keeps the last core busy.
// A cell that must be alone waits for all others to end, and they for it.
// No cell overtakes another, so that a large one is not starved and the order stays the plan's.
std::size_t startable(std::span<const Needs> running, std::span<const Needs> waiting,
                      const Capacity& capacity);

}  // namespace kproof::plan
