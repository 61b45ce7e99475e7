// What this machine is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/result.hpp"

namespace kproof::host {

bool has_cpu_flag(std::string_view flag);  // in /proc/cpuinfo
// CPUID's signature of what this machine is a guest of, "KVMKVMKVM"; "" for none.
std::string hypervisor();

// hostname, os, kernel, cpu, cores, memory; the rest is the caller's to fill in.
model::HostFacts machine_facts();

}  // namespace kproof::host
