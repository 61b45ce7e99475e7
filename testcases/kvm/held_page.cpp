#include "kvm/held_page.hpp"

#include <cerrno>
#include <cstdint>
#include <cstring>

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kvm/api.hpp"
#include "kvm/page_tables.hpp"

namespace kproof::kvm {

static int open_userfaultfd() {
  return static_cast<int>(::syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK));
}

std::string HeldPage::problem() {
  const int fd = open_userfaultfd();
  if (fd < 0) return std::string("userfaultfd: ") + std::strerror(errno);
  ::close(fd);
  return "";
}

static uffdio_range range_of(const char* page) {
  return {reinterpret_cast<std::uintptr_t>(page), kPage4K};
}

HeldPage::HeldPage(char* page)
    : fd_(static_cast<int>(lib::safe::check(open_userfaultfd(), "userfaultfd"))), page_(page) {
  uffdio_api api{.api = UFFD_API, .features = 0, .ioctls = 0};
  KPROOF_IOCTL(fd_, UFFDIO_API, &api);
  uffdio_register missing{
      .range = range_of(page), .mode = UFFDIO_REGISTER_MODE_MISSING, .ioctls = 0};
  KPROOF_IOCTL(fd_, UFFDIO_REGISTER, &missing);
  lib::safe::madvise(page, kPage4K, MADV_DONTNEED);
}

// Who still waits faults again, and gets a page as anybody does.
HeldPage::~HeldPage() {
  ::close(fd_);
}

bool HeldPage::wait_wanted(double seconds) const {
  pollfd asked{.fd = fd_, .events = POLLIN, .revents = 0};
  return lib::safe::check(::poll(&asked, 1, static_cast<int>(seconds * 1000)), "poll") == 1;
}

// A page of its own: the zero page would be copied at a write, and that is an invalidation.
void HeldPage::give() const {
  alignas(kPage4K) static const char zeros[kPage4K] = {};
  uffdio_copy copy{.dst = reinterpret_cast<std::uintptr_t>(page_),
                   .src = reinterpret_cast<std::uintptr_t>(zeros),
                   .len = kPage4K,
                   .mode = 0,
                   .copy = 0};
  KPROOF_IOCTL(fd_, UFFDIO_COPY, &copy);
}

}  // namespace kproof::kvm
