#include "kvm/nested_svm.hpp"

#include <cstdio>
#include <cstring>

#include <linux/kvm.h>

#include "lib/sysfs.hpp"
#include "machine/hypervisor.hpp"

namespace kproof::kvm {

// AMD64 APM volume 2, appendix B: offsets in the VMCB. The area of state starts at 0x400.
namespace vmcb {
static constexpr std::size_t kIntercepts1 = 0x0c, kIntercepts2 = 0x10, kIoBitmap = 0x40,
                             kAsid = 0x58, kTlbControl = 0x5c, kExitCode = 0x70, kExitInfo1 = 0x78,
                             kExitInfo2 = 0x80, kNestedPaging = 0x90, kNestedCr3 = 0xb0;
static constexpr std::size_t kEs = 0x400, kCs = 0x410, kSs = 0x420, kDs = 0x430, kGdtr = 0x460,
                             kIdtr = 0x480, kEfer = 0x4d0, kCr4 = 0x548, kCr3 = 0x550, kCr0 = 0x558,
                             kDr7 = 0x560, kDr6 = 0x568, kRflags = 0x570, kRip = 0x578,
                             kPat = 0x668;
}  // namespace vmcb
static constexpr std::uint32_t kInterceptIo = 1u << 27, kInterceptShutdown = 1u << 31;
static constexpr std::uint32_t kInterceptVmrun = 1;
static constexpr std::uint64_t kExitIo = 0x7b, kExitNestedPageFault = 0x400;
static constexpr std::size_t kIoBitmapPages = 3;

// Its area for `script`: that of a vCPU which there is not.
static constexpr unsigned kL2Area = kMostVcpus - 1;

struct Segment {
  std::uint16_t selector, attributes;
  std::uint32_t limit;
  std::uint64_t base;
};

std::string NestedSvm::missing(const Kvm& kvm) {
  using machine::Virtualisation;
  if (machine::virtualisation() != Virtualisation::svm)
    return "L2 is entered by VMRUN (AMD); this CPU has vmx, for which nobody has written it";
  const std::string nested = lib::sysfs::read("/sys/module/kvm_amd/parameters/nested");
  if (nested != "1" && nested != "Y") return "kvm_amd.nested=" + nested;
  if (!kvm.has(KVM_CAP_NESTED_STATE)) return "KVM_CAP_NESTED_STATE is missing";
  return "";
}

static void become_hypervisor(const Vcpu& vcpu, Gpa host_save) {
  constexpr std::uint64_t kSvme = 1 << 12;
  constexpr std::uint32_t kVmHsavePa = 0xc0010117;
  kvm_sregs sregs{};
  KPROOF_IOCTL(vcpu.fd(), KVM_GET_SREGS, &sregs);
  sregs.efer |= kSvme;
  KPROOF_IOCTL(vcpu.fd(), KVM_SET_SREGS, &sregs);
  if (!vcpu.set_msr(kVmHsavePa, host_save))
    lib::ktap::bail_out("KVM_SET_MSRS takes no VM_HSAVE_PA");
}

NestedSvm::NestedSvm(Vcpu& vcpu, PageTables& tables, bool nested_paging)
    : vcpu_(vcpu),
      area_(vcpu.vm(), kL2Area),
      vmcb_(vcpu.vm().alloc_page()),
      io_bitmap_(vcpu.vm().alloc_pages(kIoBitmapPages)) {
  Vm& vm = vcpu.vm();
  become_hypervisor(vcpu, vm.alloc_page());
  std::memset(vm.low(io_bitmap_), 0xff, kIoBitmapPages * kPage4K);
  tables.map(vmcb_, vmcb_, kPage4K, kPage4K);  // `script` reads EXITCODE
  if (nested_paging) {
    nested_ = std::make_unique<PageTables>(vm, kUser);
    nested_->map(kFreeGpa, kFreeGpa, vm.low_size() - kFreeGpa, kPage4K);
  }
  fill_control();
  fill_state(tables.root());
}

void NestedSvm::fill_control() {
  field<std::uint32_t>(vmcb::kIntercepts1) = kInterceptIo | kInterceptShutdown;
  field<std::uint32_t>(vmcb::kIntercepts2) = kInterceptVmrun;
  field<std::uint64_t>(vmcb::kIoBitmap) = io_bitmap_;
  field<std::uint32_t>(vmcb::kAsid) = 1;
  field<std::uint8_t>(vmcb::kTlbControl) = 1;  // flush all: what L1 has changed counts at once
  if (!nested_) return;
  field<std::uint64_t>(vmcb::kNestedPaging) = 1;
  field<std::uint64_t>(vmcb::kNestedCr3) = nested_->root();
}

// As L1 is: enter_long_mode() of vcpu.cpp, and what Script adds.
void NestedSvm::fill_state(Gpa root) {
  kvm_sregs sregs{};
  KPROOF_IOCTL(vcpu_.fd(), KVM_GET_SREGS, &sregs);
  const Segment data{16, 0xc93, 0xffffffff, 0};
  for (const std::size_t segment : {vmcb::kEs, vmcb::kSs, vmcb::kDs})
    field<Segment>(segment) = data;
  field<Segment>(vmcb::kCs) = {8, 0xa9b, 0xffffffff, 0};
  field<Segment>(vmcb::kGdtr) = {0, 0, area_.gdt().limit, area_.gdt().base};
  field<Segment>(vmcb::kIdtr) = {0, 0, area_.idt().limit, area_.idt().base};
  field<std::uint64_t>(vmcb::kEfer) = sregs.efer | kEferNxe;
  field<std::uint64_t>(vmcb::kCr4) = sregs.cr4;
  field<std::uint64_t>(vmcb::kCr3) = root;
  field<std::uint64_t>(vmcb::kCr0) = sregs.cr0;
  field<std::uint64_t>(vmcb::kDr7) = 0x400;
  field<std::uint64_t>(vmcb::kDr6) = 0xffff0ff0;
  field<std::uint64_t>(vmcb::kRflags) = 2;
  field<std::uint64_t>(vmcb::kPat) = 0x0007040600070406;  // the PAT after a reset
}

std::vector<Step> NestedSvm::enter(std::vector<Step> l2) {
  area_.put(std::move(l2));
  const Gva rip = kCodeGpa + entry_offset(GuestProgram::script);
  return {steps::write(vmcb_ + vmcb::kRip, rip), {Step::Op::vmrun, vmcb_, area_.steps()}};
}

NestedExit NestedSvm::exit() const {
  using Kind = NestedExit::Kind;
  const std::uint64_t code = field<std::uint64_t>(vmcb::kExitCode);
  const std::uint64_t info = field<std::uint64_t>(vmcb::kExitInfo1);
  if (code == kExitIo && info >> 16 == kDonePort) return {Kind::ended, code, 0, 0};
  if (code == kExitNestedPageFault)
    return {Kind::nested_fault, code, info & 0xffffffff, field<std::uint64_t>(vmcb::kExitInfo2)};
  return {Kind::strange, code, info, field<std::uint64_t>(vmcb::kExitInfo2)};
}

std::string NestedExit::text() const {
  if (kind == Kind::ended) return "its end";
  char text[96];
  std::snprintf(text, sizeof text, "%s %#lx, %#lx at %#lx",
                kind == Kind::nested_fault ? "nested page fault" : "exit code", code, error, gpa);
  return text;
}

}  // namespace kproof::kvm
