// A virtual CPU in 64-bit mode that runs one guest program at a time.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "kvm/page_tables.hpp"
#include "kvm/vm.hpp"

struct kvm_run;

namespace kproof::kvm {

// Why KVM_RUN came back.
struct Exit {
  enum class Kind : std::uint8_t {
    done,     // the program ended; `result` is its RAX
    refused,  // KVM_RUN failed with EFAULT: the host's mapping does not allow what the guest did.
              // It stands before that instruction, and resume() tries it again.
    strange,  // anything else: a fault of the test, the kernel or the CPU
  };
  Kind kind;
  std::uint64_t result = 0;
  int error = 0;        // errno of KVM_RUN
  unsigned reason = 0;  // kvm_run::exit_reason
  // Of a KVM_EXIT_MEMORY_FAULT (Linux 6.8 on), which comes with EFAULT.
  bool has_gpa = false;
  Gpa gpa = 0;
  // Of a KVM_EXIT_MMIO: there is no memory, or none to be written.
  Gpa mmio_gpa = 0;
  // What the instruction that the vCPU stands before accesses, by its registers: known of every
  // kernel, and of use where it was refused.
  Gva accessed = 0;

  bool done() const { return kind == Kind::done; }
  bool refused() const { return kind == Kind::refused; }
  bool is_mmio() const;
  std::string text() const;  // "done", "EFAULT", "EFAULT at gpa 0x100000000", "SHUTDOWN at rip .."
  Gva rip = 0;
};

class Vcpu {
 public:
  // Vcpu `id` of the VM, below kMostVcpus, with paging by `tables`. `tables` may be changed later,
  // but stale entries of the guest's TLB are then the caller's affair.
  Vcpu(Vm& vm, const PageTables& tables, unsigned id = 0);
  Vcpu(const Vcpu&) = delete;
  Vcpu& operator=(const Vcpu&) = delete;
  ~Vcpu();

  // Sets the program and its arguments, and runs it until it ends or is refused.
  Exit call(GuestProgram program, std::array<std::uint64_t, 5> arguments);
  // Goes on where it stands. All calls for one vCPU should come from one thread.
  Exit resume();

  // KVM_SET_MSRS of one. False where this KVM takes none of that number or value.
  bool set_msr(std::uint32_t index, std::uint64_t value) const;

  Vm& vm() const { return vm_; }
  int fd() const { return fd_; }
  unsigned id() const { return id_; }
  Mailbox& mailbox() const { return vm_.mailbox(id_); }
  Gva mailbox_gva() const { return kMailboxGpa + id_ * kPage4K; }
  // What KVM counts for this vCPU: "pf_fixed", "pf_guest", "exits" ...
  const Stats& stats() const { return stats_; }

 private:
  Exit classify(int error) const;

  GuestProgram program_ = GuestProgram::read;
  Vm& vm_;
  unsigned id_;
  int fd_;
  std::size_t run_size_;
  kvm_run* run_;
  Stats stats_;
};

}  // namespace kproof::kvm
