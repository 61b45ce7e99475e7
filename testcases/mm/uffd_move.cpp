#include "mm/uffd_move.hpp"

#include <cerrno>
#include <cstdint>
#include <cstring>

#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/safe.hpp"
#include "mm/userfaultfd.hpp"

namespace kproof::mm {

// Linux 6.8; newer than Debian 12's headers (include/uapi/linux/userfaultfd.h).
static constexpr std::uint64_t kFeatureMove = 1 << 16;
struct UffdioMove {
  std::uint64_t dst, src, len, mode;
  std::int64_t move;
};
static constexpr unsigned long kUffdioMove = _IOWR(UFFDIO, 0x05, UffdioMove);

std::string UffdMove::problem() {
  const int fd = open_userfaultfd(kFeatureMove);
  if (fd >= 0) {
    ::close(fd);
    return "";
  }
  if (errno == EINVAL) return "no UFFDIO_MOVE (Linux 6.8)";
  return std::string("userfaultfd: ") + std::strerror(errno);
}

UffdMove::UffdMove()
    : fd_(static_cast<int>(lib::safe::check(open_userfaultfd(kFeatureMove), "userfaultfd"))) {}

UffdMove::~UffdMove() {
  ::close(fd_);
}

int UffdMove::move(char* start, std::size_t length, char* to) const {
  const auto target = reinterpret_cast<std::uintptr_t>(to);
  uffdio_register watched{
      .range = {target, length}, .mode = UFFDIO_REGISTER_MODE_MISSING, .ioctls = 0};
  if (::ioctl(fd_, UFFDIO_REGISTER, &watched) != 0) return errno;
  UffdioMove moved{target, reinterpret_cast<std::uintptr_t>(start), length, 0, 0};
  return ::ioctl(fd_, kUffdioMove, &moved) == 0 ? 0 : errno;
}

}  // namespace kproof::mm
