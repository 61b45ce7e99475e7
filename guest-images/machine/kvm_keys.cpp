#include "machine/kvm_keys.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>

#include "machine/parked_cpus.hpp"

namespace kproof::machine {

static std::string failed(const char* call) {
  return std::string(call) + ": " + std::strerror(errno);
}

// The descriptors are left open: they are what holds the keys.
std::string hold_kvm_keys() {
  const ParkedCpus parked;
  const int kvm = ::open("/dev/kvm", O_RDWR | O_CLOEXEC);
  if (kvm < 0) return failed("open(/dev/kvm)");
  const int vm = ::ioctl(kvm, KVM_CREATE_VM, 0);
  if (vm < 0) return failed("KVM_CREATE_VM");
  // Gives the vCPU a local APIC, which is off until its guest turns it on.
  if (::ioctl(vm, KVM_CREATE_IRQCHIP, 0) < 0) return failed("KVM_CREATE_IRQCHIP");
  if (::ioctl(vm, KVM_CREATE_VCPU, 0) < 0) return failed("KVM_CREATE_VCPU");
  const int bare = ::ioctl(kvm, KVM_CREATE_VM, 0);
  if (bare < 0) return failed("KVM_CREATE_VM");
  if (::ioctl(bare, KVM_CREATE_VCPU, 0) < 0) return failed("KVM_CREATE_VCPU without an irqchip");
  return "";
}

}  // namespace kproof::machine
