// What cells take from the host, and what the host has.
#pragma once

#include <cstdint>
#include <string>

#include "model/result.hpp"
#include "plan/admission.hpp"
#include "sweep/prepare.hpp"

namespace kproof::sweep {

// "plan.yaml:7:3: k/l1/mm/x"
std::string who(const PreparedCell& cell);

// For cells, of `memory` bytes.
plan::Capacity capacity(const model::HostFacts& host, std::uint64_t memory);

// HostError for a CPU that this accelerator cannot give.
void require_cpu(const model::Topology& topology, const model::HostFacts& host);

// HostError, with the command that makes them, when the pool lacks pages of L1's RAM.
void require_hugepages(const PreparedCell& cell);

}  // namespace kproof::sweep
