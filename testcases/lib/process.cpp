#include "lib/process.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/clock.hpp"
#include "lib/ktap.hpp"
#include "lib/safe.hpp"

namespace kproof::lib {

static pid_t start(const std::function<bool()>& body) {
  const pid_t child = static_cast<pid_t>(safe::check(::fork(), "fork"));
  if (child != 0) return child;
  ktap::become_child();
  ::_exit(body() ? ktap::kExitPassed : ktap::kExitFailed);
}

static int wait_for(pid_t child, rusage* usage = nullptr) {
  int status = 0;
  while (::wait4(child, &status, 0, usage) < 0)
    if (errno != EINTR) safe::check(-1, "wait4");
  return status;
}

static bool passed(int status) {
  if (WIFSIGNALED(status)) {
    ktap::diagnostic("the child died of SIG%s", sigabbrev_np(WTERMSIG(status)));
    return false;
  }
  if (WEXITSTATUS(status) == ktap::kExitBailedOut) ktap::bail_out("the child bailed out");
  return WEXITSTATUS(status) == ktap::kExitPassed;
}

bool in_child(const std::function<bool()>& body) {
  return passed(wait_for(start(body)));
}

// Waits until nobody has the other end any more.
static void wait_for_end_of(int fd) {
  char none;
  while (::read(fd, &none, 1) < 0 && errno == EINTR) {
  }
}

bool in_child_around(const std::function<bool()>& before, const std::function<void()>& meanwhile,
                     const std::function<bool()>& after) {
  int ready[2], go[2];  // whose end of file is the word
  safe::check(::pipe2(ready, O_CLOEXEC), "pipe2");
  safe::check(::pipe2(go, O_CLOEXEC), "pipe2");
  const pid_t child = start([&] {
    ::close(go[1]);
    const bool ok = before();
    ::close(ready[1]);
    wait_for_end_of(go[0]);
    return after() && ok;
  });
  ::close(ready[1]);
  ::close(go[0]);
  wait_for_end_of(ready[0]);
  ::close(ready[0]);
  meanwhile();
  ::close(go[1]);
  return passed(wait_for(child));
}

// False when the time is over. (By number: sys/pidfd.h of glibc 2.36 cannot be included by C++.)
static bool ends_within(pid_t child, double seconds) {
  const int pidfd =
      static_cast<int>(safe::check(::syscall(SYS_pidfd_open, child, 0), "pidfd_open"));
  const double deadline = now_us() + seconds * 1e6;
  pollfd ended{.fd = pidfd, .events = POLLIN, .revents = 0};
  int ready = 0;
  do {
    const double left_ms = (deadline - now_us()) / 1e3;
    ready = ::poll(&ended, 1, left_ms > 0 ? static_cast<int>(left_ms) + 1 : 0);
  } while (ready < 0 && errno == EINTR);
  ::close(pidfd);
  return safe::check(ready, "poll") == 1;
}

bool in_child_within(double seconds, const std::function<bool()>& body) {
  const pid_t child = start(body);
  if (ends_within(child, seconds)) return passed(wait_for(child));
  ::kill(child, SIGKILL);
  rusage usage{};
  wait_for(child, &usage);
  ktap::diagnostic(
      "the child did not end within %g s and was killed; it had spent %.2f s of CPU "
      "time in the kernel",
      seconds, usage.ru_stime.tv_sec + usage.ru_stime.tv_usec / 1e6);
  return false;
}

}  // namespace kproof::lib
