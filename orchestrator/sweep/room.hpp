// What cells take from the host, and whether it has that at all.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "model/result.hpp"
#include "resources/limits.hpp"
#include "resources/needs.hpp"
#include "sweep/prepare.hpp"

namespace kproof::sweep {

// "plan.yaml:7:3: k/l1/mm/x"
std::string who(const PreparedCell& cell);

// Of one cell: its vCPUs, its RAM, in memory or in huge pages, the NVDIMM, whose pages it touches,
// and QEMU itself. Nothing of one that is not booted. Pure.
resources::Needs needs_of(const PreparedCell& cell);

// HostError for a CPU that this accelerator cannot give.
void require_cpu(const model::Topology& topology, const model::HostFacts& host);

// HostError for a cell that this host has no room for, with the numbers and what sets them, though
// no other ran: more memory than it has; more pages than its pools, with the command that makes
// them. More vCPUs than cores are no hindrance: such a cell runs alone.
void require_memory(const resources::Needs& needs, const resources::Limits& limits,
                    const std::string& who);
void require_hugepages(const resources::Needs& needs, const resources::Limits& limits,
                       const std::string& who);

// Of a build with so many jobs of make. Beside guests it claims half of its cores only, and is nice
// (kNiceness): it uses the others while they idle, and is off them at once when a vCPU wants one.
resources::Needs needs_of_build(unsigned jobs, bool beside_guests);
inline constexpr unsigned kNiceness = 15;

// For source::Settings of a build alone: it waits for cores of its own beside the cells of all
// runs.
std::function<std::shared_ptr<void>(unsigned jobs)> turn_of_build(
    const std::string& run, std::function<void(const std::string&)> say, int stop_fd);

}  // namespace kproof::sweep
