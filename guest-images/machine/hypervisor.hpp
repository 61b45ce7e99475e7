#pragma once

#include <string>

namespace kproof::machine {

// CPUID's signature of what runs this machine: "KVMKVMKVM", "TCGTCGTCGTCG"; "" for bare metal.
std::string hypervisor();

// How this CPU runs guests, by CPUID: modules may be there for CPUs that are not.
enum class Virtualisation { none, svm, vmx };
Virtualisation virtualisation();

// QEMU's emulation, whose faults some of our code has to go round.
bool under_tcg();

}  // namespace kproof::machine
