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

// The device. Bails out where there is none, with what the CPU and the modules say about it.
class Kvm {
 public:
  Kvm();
  Kvm(const Kvm&) = delete;
  Kvm& operator=(const Kvm&) = delete;
  ~Kvm();

  int fd() const { return fd_; }
  bool has(long capability) const;  // KVM_CAP_*

  // Evidence `kvm_api`: version 12 (KVM_API_VERSION, since Linux 2.6.22), and a VM can be made.
  void prove_api(lib::Case& test) const;

 private:
  int fd_;
};

}  // namespace kproof::kvm
