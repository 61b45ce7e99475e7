#include "kvm/smm.hpp"

#include <cstring>

#include <linux/kvm.h>
#include <sys/ioctl.h>

namespace kproof::kvm {

// After a reset SMRAM lies here: the handler begins at 0x8000, the state is saved below 0x10000.
static constexpr Gpa kSmramGpa = 0x30000;
static constexpr std::size_t kSmramSize = 0x10000;
static constexpr std::uint64_t kHandler = 0x8000;
// The region, where real mode's 4 GiB reach it; aligned so that a 1 GiB SPTE can map it.
static constexpr Gpa kRegionGpaInSmm = Gpa{1} << 30;

// KVM_SET_USER_MEMORY_REGION: the upper half of a slot's number is its address space's.
static constexpr unsigned kOfSmm = 1 << 16;
static constexpr unsigned kSmramSlot = kOfSmm | 0, kRegionSlot = kOfSmm | 1;

// In 16-bit mode: mov %eax, (%ebx); out %al, $kDonePort; jmp to the start.
static constexpr unsigned char kCode[] = {0x67, 0x66, 0x89, 0x03, 0xe6, kDonePort, 0xeb, 0xf8};

std::string Smm::missing(const Kvm& kvm) {
  return kvm.has(KVM_CAP_X86_SMM) ? "" : "KVM_CAP_X86_SMM is missing (CONFIG_KVM_SMM)";
}

Smm::Smm(Machine& machine) : machine_(machine) {
  Vm& vm = machine.vm();
  const Gpa smram = vm.alloc_pages(kSmramSize / kPage4K);
  std::memcpy(static_cast<char*>(vm.low(smram)) + kHandler, kCode, sizeof kCode);
  vm.set({.id = kSmramSlot, .gpa = kSmramGpa, .size = kSmramSize, .host = vm.low(smram)});
  Slot region = machine.slot();
  region.id = kRegionSlot;
  region.gpa = kRegionGpaInSmm;
  vm.set(region);
  KPROOF_IOCTL(machine.vcpu().fd(), KVM_SMI, nullptr);
}

// What it has in registers when the SMI comes it has in the handler, too.
Exit Smm::write(std::size_t word, std::uint32_t value) {
  kvm_regs regs{};
  regs.rip = kHandler;
  regs.rflags = 2;
  regs.rax = value;
  regs.rbx = kRegionGpaInSmm + word * machine_.stride();
  KPROOF_IOCTL(machine_.vcpu().fd(), KVM_SET_REGS, &regs);
  return machine_.vcpu().resume();
}

}  // namespace kproof::kvm
