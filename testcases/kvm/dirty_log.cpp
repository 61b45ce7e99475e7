#include "kvm/dirty_log.hpp"

#include <bit>
#include <cerrno>

#include <linux/kvm.h>
#include <sys/ioctl.h>

#include "kvm/page_tables.hpp"

namespace kproof::kvm {

bool protect_manually(const Vm& vm) {
  return vm.enable(KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE);
}

bool protect_when_cleared(const Vm& vm) {
  return vm.enable(KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
                   KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE | KVM_DIRTY_LOG_INITIALLY_SET);
}

DirtyLog::DirtyLog(const Vm& vm, const Slot& slot)
    : vm_(vm), slot_(slot.id), pages_(slot.size / kPage4K), bitmap_((pages_ + 63) / 64) {}

void DirtyLog::get() {
  kvm_dirty_log log{};
  log.slot = slot_;
  log.dirty_bitmap = bitmap_.data();
  KPROOF_IOCTL(vm_.fd(), KVM_GET_DIRTY_LOG, &log);
}

int DirtyLog::try_clear(std::size_t first, std::size_t pages) {
  kvm_clear_dirty_log log{};
  log.slot = slot_;
  log.first_page = first;
  log.num_pages = static_cast<std::uint32_t>(pages);
  log.dirty_bitmap = bitmap_.data();
  return ::ioctl(vm_.fd(), KVM_CLEAR_DIRTY_LOG, &log) == 0 ? 0 : errno;
}

void DirtyLog::clear() {
  errno = try_clear();
  if (errno != 0) lib::safe::check(-1, "KVM_CLEAR_DIRTY_LOG");
}

bool DirtyLog::has(std::size_t offset) const {
  const std::size_t page = offset / kPage4K;
  return (bitmap_[page / 64] >> page % 64 & 1) != 0;
}

std::size_t DirtyLog::pages() const {
  std::size_t pages = 0;
  for (const std::uint64_t word : bitmap_)
    pages += static_cast<std::size_t>(std::popcount(word));
  return pages;
}

}  // namespace kproof::kvm
