#include "sweep/room.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "host/cpuinfo.hpp"
#include "util/error.hpp"
#include "util/units.hpp"

namespace kproof::sweep {

// Left to the host's other programs.
static constexpr std::uint64_t kHostReserve = 512ull << 20;

// libvirt would say so too, when all kernels are built.
void require_cpu(const model::Topology& topology, const model::HostFacts& host) {
  if (topology.levels.front().cpu != "host-passthrough" || host.accel == model::Accel::kvm) return;
  throw HostError(fmt::format("{}: topology `{}`: host-passthrough needs KVM, and this run has "
                              "TCG: {}",
                              topology.place, topology.name, host.accel_reason),
                  "`cpu: maximum` is the most that the accelerator can give, whichever it is");
}

plan::Capacity capacity(const model::HostFacts& host, std::uint64_t memory) {
  return {.cores = host.cores, .memory = memory - std::min(memory, kHostReserve)};
}

std::string who(const PreparedCell& cell) {
  return fmt::format("{}: {}", cell.cell.topology.place, cell.cell.id);
}

void require_hugepages(const PreparedCell& cell) {
  const model::Level& level = cell.levels.front().level;
  if (level.backing == model::Backing::anonymous) return;
  const std::uint64_t page = model::page_size(level.backing);
  const std::uint64_t need = (level.memory + page - 1) / page, have = host::free_hugepages(page);
  if (have < need)
    throw HostError(fmt::format("{} needs {} free hugetlb pages of {}, this host has {}", who(cell),
                                need, util::format_size(page), have),
                    fmt::format("echo {} > /sys/kernel/mm/hugepages/hugepages-{}kB/nr_hugepages",
                                need, page >> 10));
}

}  // namespace kproof::sweep
