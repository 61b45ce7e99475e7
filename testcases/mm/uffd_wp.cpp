#include "mm/uffd_wp.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>
#include <vector>

#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/safe.hpp"
#include "mm/userfaultfd.hpp"

namespace kproof::mm {

// UFFD_FEATURE_WP_ASYNC, Linux 6.7; newer than Debian 12's headers.
static constexpr std::uint64_t kWpAsync = 1 << 15;

// With all that is wanted, or -1 and errno.
static int open_for(UffdWp::Mode mode) {
  return open_userfaultfd(mode == UffdWp::Mode::asynchronous ? kWpAsync | UFFD_FEATURE_EVENT_FORK
                                                             : UFFD_FEATURE_PAGEFAULT_FLAG_WP);
}

std::string UffdWp::problem(Mode mode) {
  const int fd = open_for(mode);
  if (fd >= 0) {
    ::close(fd);
    return "";
  }
  // UFFDIO_API refuses features that it does not know.
  if (errno == EINVAL && mode == Mode::asynchronous)
    return "no UFFD_FEATURE_WP_ASYNC (Linux 6.7), without which fork() copies no entry of device "
           "DAX memory";
  return std::string("userfaultfd: ") + std::strerror(errno);
}

UffdWp::UffdWp(Mode mode)
    : fd_(static_cast<int>(lib::safe::check(open_for(mode), "userfaultfd"))) {}

UffdWp::~UffdWp() {
  ::close(fd_);
}

static uffdio_range range_of(const Region& region) {
  return {reinterpret_cast<std::uintptr_t>(region.base()), region.length()};
}

template <class Argument>
static int error_of(int fd, unsigned long request, Argument argument) {
  return ::ioctl(fd, request, &argument) == 0 ? 0 : errno;
}

int UffdWp::watch(const Region& region) {
  return error_of(
      fd_, UFFDIO_REGISTER,
      uffdio_register{.range = range_of(region), .mode = UFFDIO_REGISTER_MODE_WP, .ioctls = 0});
}

static int write_protect(int fd, char* start, std::size_t length, std::uint64_t mode) {
  return error_of(fd, UFFDIO_WRITEPROTECT,
                  uffdio_writeprotect{.range = {reinterpret_cast<std::uintptr_t>(start), length},
                                      .mode = mode});
}

int UffdWp::protect(char* start, std::size_t length) {
  return write_protect(fd_, start, length, UFFDIO_WRITEPROTECT_MODE_WP);
}
int UffdWp::unprotect(char* start, std::size_t length) {
  return write_protect(fd_, start, length, 0);
}

int UffdWp::unwatch(const Region& region) {
  return error_of(fd_, UFFDIO_UNREGISTER, range_of(region));
}

bool UffdWp::asks_at_write(Word* word, std::uint64_t value, char* start, std::size_t length) {
  const int over = static_cast<int>(lib::safe::check(::eventfd(0, EFD_CLOEXEC), "eventfd"));
  std::thread writer([&] {
    *word = value;
    const std::uint64_t one = 1;
    lib::safe::write(over, &one, sizeof one);
  });
  bool asked = false;
  pollfd ready[] = {{.fd = fd_, .events = POLLIN, .revents = 0},
                    {.fd = over, .events = POLLIN, .revents = 0}};
  while (!ready[1].revents) {
    if (::poll(ready, 2, -1) < 0 && errno != EINTR) lib::safe::check(-1, "poll");
    uffd_msg message{};
    if (!ready[0].revents || ::read(fd_, &message, sizeof message) != sizeof message) continue;
    asked |= message.event == UFFD_EVENT_PAGEFAULT &&
             message.arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_WP;
    errno = unprotect(start, length);
    if (errno != 0) lib::safe::check(-1, "UFFDIO_WRITEPROTECT");
  }
  writer.join();
  ::close(over);
  return asked;
}

// The child's userfaultfd, for which fork() waits; -1 if `over` is written to first.
static int read_fork(int fd, int over) {
  pollfd ready[] = {{.fd = fd, .events = POLLIN, .revents = 0},
                    {.fd = over, .events = POLLIN, .revents = 0}};
  for (;;) {
    if (::poll(ready, 2, -1) < 0 && errno != EINTR) lib::safe::check(-1, "poll");
    uffd_msg message{};
    if (ready[0].revents && ::read(fd, &message, sizeof message) == sizeof message &&
        message.event == UFFD_EVENT_FORK)
      return static_cast<int>(message.arg.fork.ufd);
    if (ready[1].revents) return -1;
  }
}

bool UffdWp::during_fork(const std::function<bool()>& body) {
  const int over = static_cast<int>(lib::safe::check(::eventfd(0, EFD_CLOEXEC), "eventfd"));
  int childs = -1;
  std::thread reader([&] { childs = read_fork(fd_, over); });
  const bool result = body();
  const std::uint64_t one = 1;
  lib::safe::write(over, &one, sizeof one);
  reader.join();
  ::close(over);
  if (childs >= 0) ::close(childs);
  return result;
}

std::size_t protected_pages(const char* start, std::size_t length) {
  constexpr std::uint64_t kProtected = std::uint64_t{1} << 57;
  const int fd = lib::safe::open("/proc/self/pagemap", O_RDONLY);
  std::vector<std::uint64_t> entries(length / kPageSize);
  lib::safe::pread(fd, entries.data(), entries.size() * sizeof entries[0],
                   reinterpret_cast<std::uintptr_t>(start) / kPageSize * sizeof entries[0],
                   "/proc/self/pagemap");
  ::close(fd);
  return static_cast<std::size_t>(
      std::count_if(entries.begin(), entries.end(),
                    [](std::uint64_t entry) { return (entry & kProtected) != 0; }));
}

}  // namespace kproof::mm
