// A guest as libvirt wants it. Pure: no file is looked at, no host is asked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "model/kernel.hpp"
#include "model/topology.hpp"

namespace kproof::vm {

// A directory of the host that the guest may mount, by 9p over virtio, with the rights of QEMU's
// user.
struct Share {
  std::filesystem::path directory;
  std::string tag;  // the guest mounts it by that
  bool writable = false;
};

struct GuestSpec {
  std::string name;  // the domain's, unique on the host
  model::Level level;
  model::Accel accel = model::Accel::tcg;
  bool realtime = false;  // a PREEMPT_RT kernel
  // One CPU more than the level's, CPU 0, which is to run no guest (agent::Job::spare_cpu0).
  bool spare_cpu0 = false;
  std::string pinned_cpu;          // of a level that names none; "": there is none such
  std::filesystem::path emulator;  // "" lets libvirt choose (a daemon's own QEMU)
  // For qemu-tied (virt/tied/): whom QEMU is to run as, "uid:gid[,gid...]"; "": as its parent.
  std::string run_as = {};
  std::filesystem::path kernel;  // vmlinux with a PVH entry, or bzImage
  std::filesystem::path initramfs;
  std::string cmdline;                 // kernel_cmdline() makes it
  std::filesystem::path console_log;   // QEMU writes the serial console here
  std::filesystem::path agent_socket;  // a socket that we listen on; QEMU connects at its start
  std::filesystem::path nvdimm_file;   // sparse, of level.nvdimm bytes; unused when that is 0
  std::vector<Share> shares = {};
  // Its memory is to be read: it stays when it has crashed, and the kernel may leave its vmcoreinfo
  // with QEMU, which writes that into a core.
  bool for_core = false;
};

std::string domain_xml(const GuestSpec& spec);

// The CPU that a level gets. Under KVM a level that names none gets a named model, so that results
// of two hosts are comparable; under TCG, and where the host can run no such model, "maximum".
std::string cpu_model(const model::Level& level, const std::string& pinned);

// The kernel's command line: what every guest gets, then the case's needs, then what the level
// declares: its MMU mode and module parameters (the agent gives them to modules that it loads, as
// modprobe does), its preemption model, its own words.
using Parameters = std::vector<std::pair<std::string, std::string>>;
Parameters module_parameters(const model::Level& level);  // "kvm_amd.npt" -> "0"
// Depth 1 is L1; what is inside of another guest has a serial console that costs exits, and a
// machine with little in it (inner_qemu.hpp).
std::string kernel_cmdline(const model::Level& level, const std::vector<std::string>& of_case,
                           int depth = 1);

}  // namespace kproof::vm
