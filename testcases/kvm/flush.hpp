// KVM's flushes of a VM's TLBs: asked for, counted, brought about.
//
// KVM counts each request (remote_tlb_flush_requests, Linux 5.14) and each that met a vCPU in guest
// mode (remote_tlb_flush). So a flush that was left out shows even where the guest would not:
// QEMU's TCG flushes the guest's TLB at each VMRUN, and an mprotect interrupts all CPUs of its
// process.
#pragma once

#include <cstdint>
#include <string>

#include "kvm/machine.hpp"

namespace kproof::kvm {

// Why this KVM need not count requests; "" if it must. Hyper-V has hypercalls that flush.
std::string flushes_uncounted(const Stats& vm);

// Requests so far.
std::uint64_t flush_requests(const Stats& vm);

// Has KVM flush the TLBs of all vCPUs now and then, by an invalidation of a page that belongs to
// nobody else: none of the guest's memory is touched. What a CPU's TLB holds hides uses of memory
// from those who ask for them, as KVM's clear_young does not flush: so flush first.
class TlbFlusher {
 public:
  // `vcpu` reads that page; it must not run otherwise.
  TlbFlusher(Machine& machine, unsigned vcpu);
  // True if KVM counted a request.
  bool flush();

 private:
  Machine& machine_;
  unsigned vcpu_;
  Gpa page_;
};

}  // namespace kproof::kvm
