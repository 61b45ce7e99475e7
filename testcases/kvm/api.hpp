// /dev/kvm and the words that every other file here shares. The interface is
// Documentation/virt/kvm/api.rst of the kernel.
#pragma once

#include <cstdint>

#include "lib/case.hpp"
#include "lib/safe.hpp"

namespace kproof::kvm {

// Guest-physical and guest-virtual addresses, in bytes.
using Gpa = std::uint64_t;
using Gva = std::uint64_t;

// ioctl(2) that cannot fail here: bails out with `name` and errno. Returns its result.
long ioctl(int fd, unsigned long request, const void* argument, const char* name,
           lib::safe::Place place = lib::safe::Place::current());
#define KPROOF_IOCTL(fd, request, argument) ::kproof::kvm::ioctl(fd, request, argument, #request)

// The device. Bails out where there is none, with what the CPU and the modules say about it. Keeps
// a VM of its own with one vCPU: KVM switches the CPUs' virtualisation on and patches kernel text
// (static keys) when the first comes and the last goes, which a case that makes many of them does
// not want to happen each time.
class Kvm {
 public:
  Kvm();
  Kvm(const Kvm&) = delete;
  Kvm& operator=(const Kvm&) = delete;
  ~Kvm();

  int fd() const { return fd_; }
  bool has(long capability) const { return value(capability) > 0; }  // KVM_CAP_*
  unsigned value(long capability) const;  // 0 if this KVM does not know it

  // Evidence `kvm_api`: version 12 (KVM_API_VERSION, since Linux 2.6.22), and a vCPU was made.
  void prove_api(lib::Case& test) const;

 private:
  int fd_;
  int kept_vm_, kept_vcpu_;
};

}  // namespace kproof::kvm
