#pragma once

#include <string>

namespace kproof::machine {

// CPUID's signature of what runs this machine: "KVMKVMKVM", "TCGTCGTCGTCG"; "" for bare metal.
std::string hypervisor();

// QEMU's emulation, whose faults some of our code has to go round.
bool under_tcg();

}  // namespace kproof::machine
