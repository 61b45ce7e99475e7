// What runs the cells of a sweep, as far as it can make a difference to them.
#pragma once

#include <string>

#include "host/identity.hpp"
#include "model/topology.hpp"

namespace kproof::sweep {

struct Machine {
  model::Accel accel = model::Accel::tcg;
  std::string kvm_module = "kvm_amd";  // what drives the virtualisation that L1's CPU has
  std::string hypervisor = {};         // host::hypervisor()
  host::Identity identity;             // of what accelerates, emulates and judges
  std::string qemu = {};               // its version
  std::string no_nesting = {};         // why L1 cannot have KVM, whatever its kernel is; "": it can
};

// This one, with the QEMU in PATH and the libvirt of this process. `kproof`: hash of the program;
// `connect`: libvirt's URI, "" for the embedded driver. HostError when there is no QEMU.
Machine this_machine(model::Accel accel, const std::string& kproof, const std::string& connect);

// "QEMU emulator version 7.2.22 (Debian ...)" -> "7.2.22"; the text itself where there is no such
// thing. Pure.
std::string version_in(const std::string& qemu_says);

}  // namespace kproof::sweep
