#include "sweep/room.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "resources/gate.hpp"
#include "util/error.hpp"
#include "util/units.hpp"

namespace kproof::sweep {
using resources::Limit;

// QEMU without its guest's RAM: code, TCG's translation buffer (up to 1 GiB, in use far less),
// queues.
static constexpr std::uint64_t kQemuItself = 512ull << 20;

resources::Needs needs_of(const PreparedCell& cell) {
  if (!cell.unmet.empty() || !cell.missing.empty()) return {};
  const model::Level& level = cell.levels.front().level;
  resources::Needs needs{.vcpus = level.vcpus,
                         .memory = level.nvdimm + kQemuItself,
                         .huge_pages = {},
                         .shared = level.nvdimm,
                         .quiet = cell.quiet};
  if (level.backing == model::Backing::anonymous)
    needs.memory += level.memory;
  else
    needs.huge_pages[model::page_size(level.backing)] =
        (level.memory + model::page_size(level.backing) - 1) / model::page_size(level.backing);
  return needs;
}

// libvirt would say so too, when all kernels are built.
void require_cpu(const model::Topology& topology, const model::HostFacts& host) {
  if (topology.levels.front().cpu != "host-passthrough" || host.accel == model::Accel::kvm) return;
  throw HostError(fmt::format("{}: topology `{}`: host-passthrough needs KVM, and this run has "
                              "TCG: {}",
                              topology.place, topology.name, host.accel_reason),
                  "`cpu: maximum` is the most that the accelerator can give, whichever it is");
}

std::string who(const PreparedCell& cell) {
  return fmt::format("{}: {}", cell.cell.topology.place, cell.cell.id);
}

void require_memory(const resources::Needs& needs, const resources::Limits& limits,
                    const std::string& who) {
  const Limit& limit = least(limits.memory, &Limit::total);
  if (needs.memory <= limit.total) return;
  throw HostError(fmt::format("{} needs {} of memory ({} bytes); this host has {} ({} bytes) for "
                              "guests: {}",
                              who, resources::gib(needs.memory), needs.memory,
                              resources::gib(limit.total), limit.total, limit.why),
                  "free memory, lower `memory:` of its topology, or leave it out with --case");
}

void require_hugepages(const resources::Needs& needs, const resources::Limits& limits,
                       const std::string& who) {
  for (const auto& [page, count] : needs.huge_pages) {
    const Limit& limit = least(limits.huge_pages.at(page), &Limit::total);
    if (count <= limit.total) continue;
    throw HostError(fmt::format("{} needs {} hugetlb pages of {}, this host has {}: {}", who, count,
                                util::format_size(page), limit.total, limit.why),
                    fmt::format("echo {} > /sys/kernel/mm/hugepages/hugepages-{}kB/nr_hugepages",
                                count, page >> 10));
  }
}

// What a compiler of C takes, and the link of a vmlinux.
static constexpr std::uint64_t kCompiler = 256ull << 20, kLinker = 1ull << 30;

resources::Needs needs_of_build(unsigned jobs, bool beside_guests) {
  return {.vcpus = beside_guests ? std::max(1u, jobs / 2) : jobs,
          .memory = jobs * kCompiler + kLinker,
          .huge_pages = {}};
}

std::function<std::shared_ptr<void>(unsigned jobs)> turn_of_build(
    const std::string& run, std::function<void(const std::string&)> say, int stop_fd) {
  return [=](unsigned jobs) {
    return std::make_shared<resources::Hold>(
        resources::Gate::Setup{.run = run + " (builds)", .say = say}, needs_of_build(jobs, false),
        stop_fd);
  };
}

}  // namespace kproof::sweep
