#include "kvm/vm.hpp"

#include <cerrno>
#include <cstring>

#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/safe.hpp"

namespace kproof::kvm {

static constexpr std::size_t kPage = 4096;

// Intel CPUs without unrestricted guest need three pages for a TSS and one for an identity map,
// somewhere below 4 GiB where no slot is; QEMU's place for them. AMD has no use for either.
static constexpr std::uint64_t kIdentityMapGpa = 0xfffbc000;
static constexpr std::uint64_t kTssGpa = 0xfffbd000;

static char* low_memory(std::size_t size) {
  void* memory = lib::safe::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ::madvise(memory, size, MADV_NOHUGEPAGE);  // EINVAL: a kernel without THP
  return static_cast<char*>(memory);
}

static int create(const Kvm& kvm) {
  const int fd =
      static_cast<int>(lib::safe::check(::ioctl(kvm.fd(), KVM_CREATE_VM, 0), "KVM_CREATE_VM"));
  if (kvm.has(KVM_CAP_SET_IDENTITY_MAP_ADDR))
    KPROOF_IOCTL(fd, KVM_SET_IDENTITY_MAP_ADDR, &kIdentityMapGpa);
  if (kvm.has(KVM_CAP_SET_TSS_ADDR))
    lib::safe::check(::ioctl(fd, KVM_SET_TSS_ADDR, kTssGpa), "KVM_SET_TSS_ADDR");
  return fd;
}

Vm::Vm(const Kvm& kvm, std::size_t low_size)
    : kvm_(kvm),
      fd_(create(kvm)),
      low_size_(low_size),
      low_(low_memory(low_size), Unmap{low_size}),
      stats_(fd_) {
  std::memcpy(low(kCodeGpa), guest_code(), guest_code_size());
  set({.id = 0, .gpa = 0, .size = low_size, .host = low_.get()});
}

Vm::~Vm() {
  ::close(fd_);
}

void Vm::Unmap::operator()(char* memory) const {
  lib::safe::munmap(memory, size);
}

bool Vm::enable(unsigned capability, std::uint64_t flags) const {
  if ((kvm_.value(capability) & flags) != flags) return false;
  kvm_enable_cap enable{};
  enable.cap = capability;
  enable.args[0] = flags;
  KPROOF_IOCTL(fd_, KVM_ENABLE_CAP, &enable);
  return true;
}

int Vm::try_set(const Slot& slot) {
  const kvm_userspace_memory_region region{
      .slot = slot.id,
      .flags = slot.flags,
      .guest_phys_addr = slot.gpa,
      .memory_size = slot.size,
      .userspace_addr = reinterpret_cast<std::uintptr_t>(slot.host)};
  return ::ioctl(fd_, KVM_SET_USER_MEMORY_REGION, &region) == 0 ? 0 : errno;
}

void Vm::set(const Slot& slot) {
  const int error = try_set(slot);
  if (error == 0) return;
  errno = error;
  lib::safe::check(-1, "KVM_SET_USER_MEMORY_REGION");
}

void Vm::remove(unsigned id) {
  set({.id = id, .gpa = 0, .size = 0, .host = nullptr});
}

void Vm::allow_shadow_pages(unsigned pages) {
  lib::safe::check(::ioctl(fd_, KVM_SET_NR_MMU_PAGES, static_cast<unsigned long>(pages)),
                   "KVM_SET_NR_MMU_PAGES");
}

Mailbox& Vm::mailbox(unsigned vcpu) const {
  return *static_cast<Mailbox*>(low(kMailboxGpa + vcpu * kPage));
}

Gpa Vm::alloc_pages(std::size_t count) {
  const Gpa pages = free_;
  free_ += count * kPage;
  if (free_ > low_size_)
    lib::ktap::bail_out("mistake in this program: %zu bytes of low memory are too few", low_size_);
  return pages;
}

}  // namespace kproof::kvm
