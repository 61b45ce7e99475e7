#include "leaks.hpp"

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include "system.hpp"

namespace kproof::guest {

static constexpr const char* kControl = "/sys/kernel/debug/kmemleak";
// Younger objects are not reported: their address may be in a register only (mm/kmemleak.c,
// MSECS_MIN_AGE), and this is how long RCU and workqueues have to free what the case left.
static constexpr unsigned kMinimalAgeSeconds = 5;

// kmemleak's own thread would wait for ours to end, uninterruptibly: a hung task. An object is
// reported by the second scan that finds it: the first one takes its checksum, as what still
// changes is in use.
static void scan() {
  const int fd = ::open(kControl, O_WRONLY | O_CLOEXEC);
  for (const std::string_view command : {"scan=off", "scan", "scan"})
    if (::write(fd, command.data(), command.size()) != static_cast<ssize_t>(command.size()))
      return write_kmsg("kproof agent: kmemleak does not " + std::string(command) + ": " +
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
