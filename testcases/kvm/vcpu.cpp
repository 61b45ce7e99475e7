#include "kvm/vcpu.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/safe.hpp"

namespace kproof::kvm {

// Newer than the headers of Debian 12: Documentation/virt/kvm/api.rst, KVM_EXIT_MEMORY_FAULT.
static constexpr unsigned kExitMemoryFault = 39;
struct MemoryFault {
  std::uint64_t flags, gpa, size;
};

// struct kvm_cpuid2 with room. The header's own has 12 bytes in C++ instead of 8 (an empty struct
// in
// __DECLARE_FLEX_ARRAY), and with it the numbers of the ioctls are wrong.
struct Cpuid {
  struct Head {
    std::uint32_t entries, padding;
  } head{kMost, 0};
  static constexpr std::uint32_t kMost = 256;  // KVM_MAX_CPUID_ENTRIES
  kvm_cpuid_entry2 entries[kMost];
};
static constexpr unsigned long kGetSupportedCpuid = _IOWR(KVMIO, 0x05, Cpuid::Head);
static constexpr unsigned long kSetCpuid2 = _IOW(KVMIO, 0x90, Cpuid::Head);

// All that KVM supports. Since 6.12 KVM_SET_SREGS takes EFER.LME and CR4 bits only after the vCPU
// was told by CPUID that it has them; 1 GiB pages in a shadowed guest need pdpe1gb here too.
static void give_cpuid(const Kvm& kvm, int vcpu) {
  Cpuid cpuid{};
  ioctl(kvm.fd(), kGetSupportedCpuid, &cpuid, "KVM_GET_SUPPORTED_CPUID");
  ioctl(vcpu, kSetCpuid2, &cpuid, "KVM_SET_CPUID2");
}

// Flat segments in 64-bit mode. Descriptor tables stay empty: nothing loads a segment.
static void enter_long_mode(int vcpu, Gpa root) {
  kvm_sregs sregs{};
  KPROOF_IOCTL(vcpu, KVM_GET_SREGS, &sregs);
  const kvm_segment data{
      .limit = 0xffffffff, .selector = 16, .type = 3, .present = 1, .db = 1, .s = 1, .g = 1};
  sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = data;
  sregs.cs = {.limit = 0xffffffff, .selector = 8, .type = 11, .present = 1, .s = 1, .l = 1, .g = 1};
  // VM entry on Intel wants a busy 64-bit TSS.
  sregs.tr = {.limit = 0xffff, .selector = 24, .type = 11, .present = 1};
  constexpr std::uint64_t kPae = 1 << 5;
  constexpr std::uint64_t kPe = 1, kEt = 1 << 4, kNe = 1 << 5, kWp = 1 << 16, kPg = 1ull << 31;
  constexpr std::uint64_t kLme = 1 << 8, kLma = 1 << 10;
  sregs.cr3 = root;
  sregs.cr4 = kPae;
  sregs.cr0 = kPe | kEt | kNe | kWp | kPg;
  sregs.efer = kLme | kLma;
  KPROOF_IOCTL(vcpu, KVM_SET_SREGS, &sregs);
}

static int create(Vm& vm, unsigned id) {
  return static_cast<int>(lib::safe::check(
      ::ioctl(vm.fd(), KVM_CREATE_VCPU, static_cast<unsigned long>(id)), "KVM_CREATE_VCPU"));
}

Vcpu::Vcpu(Vm& vm, const PageTables& tables, unsigned id)
    : vm_(vm),
      id_(id),
      fd_(create(vm, id)),
      run_size_(
          static_cast<std::size_t>(KPROOF_IOCTL(vm.kvm().fd(), KVM_GET_VCPU_MMAP_SIZE, nullptr))),
      run_(static_cast<kvm_run*>(
          lib::safe::mmap(nullptr, run_size_, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0))),
      stats_(fd_) {
  give_cpuid(vm.kvm(), fd_);
  enter_long_mode(fd_, tables.root());
}

Vcpu::~Vcpu() {
  lib::safe::munmap(run_, run_size_);
  ::close(fd_);
}

Exit Vcpu::call(GuestProgram program, std::array<std::uint64_t, 5> arguments) {
  program_ = program;
  kvm_regs regs{};
  regs.rip = kCodeGpa + entry_offset(program);
  // The bit that is always 1; and interrupts on, as programs run. Nobody gives this guest any, but
  // Bochs 2.7 (ci/intel-host) takes the host's own for pending only where the guest has them on, so
  // that a vCPU that loops was never left.
  regs.rflags = 0x202;
  regs.rdi = arguments[0];
  regs.rsi = arguments[1];
  regs.rdx = arguments[2];
  regs.rcx = arguments[3];
  regs.r8 = arguments[4];
  KPROOF_IOCTL(fd_, KVM_SET_REGS, &regs);
  return resume();
}

// As with struct kvm_cpuid2, the header's own struct kvm_msrs is larger in C++ than in C.
bool Vcpu::set_msr(std::uint32_t index, std::uint64_t value) const {
  struct {
    std::uint32_t count = 1, padding = 0;
    kvm_msr_entry entry{};
  } msrs;
  msrs.entry.index = index;
  msrs.entry.data = value;
  static constexpr unsigned long kSetMsrs = _IOW(KVMIO, 0x89, std::uint64_t);
  return ioctl(fd_, kSetMsrs, &msrs, "KVM_SET_MSRS") == 1;
}

Exit Vcpu::resume() {
  int error = 0;
  do
    error = ::ioctl(fd_, KVM_RUN, 0) == 0 ? 0 : errno;
  while (error == EINTR || error == EAGAIN);
  return classify(error);
}

Exit Vcpu::classify(int error) const {
  Exit exit{.kind = Exit::Kind::strange, .error = error, .reason = run_->exit_reason};
  kvm_regs regs{};
  KPROOF_IOCTL(fd_, KVM_GET_REGS, &regs);
  exit.rip = regs.rip;
  exit.result = regs.rax;
  // The registers are those of guest_code.cpp.
  exit.accessed = program_ == GuestProgram::script      ? regs.rdx
                  : program_ != GuestProgram::increment ? regs.rdi
                  : uses_mailbox(regs.rip - kCodeGpa)   ? regs.rcx
                                                        : regs.r9;
  if (error == EFAULT) {
    exit.kind = Exit::Kind::refused;
    if (exit.reason == kExitMemoryFault) {
      MemoryFault fault;
      std::memcpy(&fault, &run_->io, sizeof fault);  // the union's start
      exit.has_gpa = true;
      exit.gpa = fault.gpa;
    }
  } else if (error == 0 && exit.reason == KVM_EXIT_IO && run_->io.port == kDonePort) {
    exit.kind = Exit::Kind::done;
  }
  if (exit.is_mmio()) exit.mmio_gpa = run_->mmio.phys_addr;
  return exit;
}

bool Exit::is_mmio() const {
  return kind == Kind::strange && error == 0 && reason == KVM_EXIT_MMIO;
}

std::string Exit::text() const {
  char text[128];
  if (kind == Kind::done) return "done";
  if (has_gpa)
    std::snprintf(text, sizeof text, "EFAULT at gpa %#lx (gva %#lx)", gpa, accessed);
  else if (refused())
    std::snprintf(text, sizeof text, "EFAULT at gva %#lx", accessed);
  else if (error != 0)
    std::snprintf(text, sizeof text, "%s", strerrorname_np(error));
  else
    std::snprintf(text, sizeof text, "%s (exit reason %u) at rip %#lx",
                  reason == KVM_EXIT_SHUTDOWN ? "triple fault" : "unexpected exit", reason, rip);
  return text;
}

}  // namespace kproof::kvm
