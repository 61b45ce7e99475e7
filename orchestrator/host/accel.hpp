// Which accelerator to use, and why.
#pragma once

#include <optional>
#include <string>

#include "model/topology.hpp"

namespace kproof::host {

// What can be known of KVM without booting anything.
struct KvmFacts {
  bool node_opens = false;     // /dev/kvm, read and write
  int open_error = 0;          // errno: why not
  bool cpu_flag = false;       // vmx or svm in /proc/cpuinfo
  bool vendor_module = false;  // kvm_intel or kvm_amd in /sys/module
  bool creates_vm = false;     // KVM_GET_API_VERSION is 12 and KVM_CREATE_VM works
  int create_error = 0;        // errno: why it does not; 0: the version is another
  std::string nested = {};     // that module's parameter, as it says it; "": not known
};
KvmFacts probe_kvm();

struct AccelChoice {
  model::Accel accel = model::Accel::tcg;
  std::string reason;     // the fact behind it, for people
  std::string next_step;  // to get KVM; "" when we have it
};

// A node that opens is not enough: on a machine whose KVM is a paravirtual one, stock kernels spin
// in the boot loader for ever (field notes). So all of the facts must hold.
AccelChoice choose_accel(const KvmFacts& facts);

// Why guests of a host with KVM have no KVM of their own, and what to do; "" when they may have it,
// or nobody knows. Pure.
struct Lack {
  std::string fact, next_step;
};
Lack lack_of_nested(const KvmFacts& facts);

// What --accel asks for, checked: HostError when KVM is asked for and does not work.
AccelChoice resolve_accel(std::optional<model::Accel> wanted, const KvmFacts& facts);

}  // namespace kproof::host
