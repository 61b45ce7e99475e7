// How an outer guest starts the guest inside it: QEMU's command line, without libvirt. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/topology.hpp"

namespace kproof::vm {

// All paths are the outer guest's.
struct InnerGuestSpec {
  std::string name;      // "l2": shows in QEMU's thread names
  std::string emulator;  // image::HostQemu::program
  unsigned vcpus = 1;
  std::uint64_t memory = 0;  // bytes; a multiple of the backing's page
  model::Backing backing = model::Backing::anonymous;
  // Holds the RAM, shared, so that another program there can map the same pages: a file on tmpfs or
  // hugetlbfs, or /dev/daxX.Y. "": memory that only QEMU has, impossible for devdax. What kind of
  // pages a tmpfs gives is decided by its mount, and for anonymous memory by the outer guest's THP
  // settings (guest-images/agent/backing.hpp): QEMU asks MADV_HUGEPAGE for all RAM by itself.
  std::string memory_file;
  std::string kernel;  // vmlinux with a PVH entry, or bzImage
  std::string initramfs;
  std::string cmdline;
  // Sockets where somebody listens; QEMU connects at its start and fails if nobody does.
  std::string console_socket;  // the first serial port
  std::string agent_socket;    // kproof.agent.0
  std::string qmp_socket;      // QEMU listens; "": no QMP
  bool pmu = false;            // a virtual PMU
  std::uint64_t nvdimm = 0;    // bytes
  std::string nvdimm_file;     // of at least `nvdimm` bytes, which QEMU makes if it is not there
  // What runs L1. Under TCG its imitation of SVM has a hole that the CPU model must keep away from.
  model::Accel outermost = model::Accel::tcg;
};

// KVM or nothing: no other accelerator is named, so QEMU ends if the outer guest has no KVM.
// ConfigError for devdax without a file.
std::vector<std::string> inner_qemu_argv(const InnerGuestSpec& spec);

// What inner guests want on their kernel's command line, beside what every guest gets. Without
// these two, one L2 boot (Debian 6.1 in 6.1, TCG, 31 KB of boot messages) takes 110000 exits to
// L1's QEMU, at about 0.17 ms each; with them 5000.
inline const std::vector<std::string> inner_kernel_words{
    // A family 15 CPU, which -cpu max under TCG is, makes the kernel look for an AGP bridge on all
    // 256 buses, twice: 2.3 s each. And with an MMCONFIG in the ACPI tables it looks for peer host
    // bridges on all of them: 1.5 s. One read is two exits.
    "pci=noearly,lastbus=0",
};
// Instead of ignore_loglevel: each byte on a 16550 is two exits or more, 8 s for a whole boot log
// against 0.5 s for notices and worse. Less severe records still reach the host by /dev/kmsg. A
// report whose lines are KERN_INFO only (kmemleak's summary) is found there and not on the console.
inline constexpr const char* inner_loglevel = "loglevel=6";

}  // namespace kproof::vm
