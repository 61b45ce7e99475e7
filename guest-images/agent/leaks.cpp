#include "leaks.hpp"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <unistd.h>

#include "system.hpp"

namespace kproof::guest {

static constexpr const char* kControl = "/sys/kernel/debug/kmemleak";
// Younger objects are not reported: their address may be in a register only (mm/kmemleak.c,
// MSECS_MIN_AGE), and this is how long RCU and workqueues have to free what the case left.
static constexpr unsigned kMinimalAgeSeconds = 5;

// An object is reported by the second scan that finds it: the first one takes its checksum, as what
// still changes is in use.
static void scan() {
  const int fd = ::open(kControl, O_WRONLY | O_CLOEXEC);
  for (int i = 0; i < 2; ++i)
    if (::write(fd, "scan", 4) != 4)
      return write_kmsg(std::string("kproof agent: kmemleak does not scan: ") +
                        std::strerror(errno));
}

pid_t start_leak_scan() {
  if (::access(kControl, W_OK) != 0) return -1;
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::sleep(kMinimalAgeSeconds);
  scan();
  ::_exit(0);
}

}  // namespace kproof::guest
