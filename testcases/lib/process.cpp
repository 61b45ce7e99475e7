#include "lib/process.hpp"

#include <cerrno>
#include <cstring>

#include <sys/wait.h>
#include <unistd.h>

#include "lib/ktap.hpp"
#include "lib/safe.hpp"

namespace kproof::lib {

static int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) safe::check(-1, "waitpid");
  return status;
}

bool in_child(const std::function<bool()>& body) {
  const pid_t child = static_cast<pid_t>(safe::check(::fork(), "fork"));
  if (child == 0) {
    ktap::become_child();
    ::_exit(body() ? ktap::kExitPassed : ktap::kExitFailed);
  }
  const int status = wait_for(child);
  if (WIFSIGNALED(status)) {
    ktap::diagnostic("the child died of SIG%s", sigabbrev_np(WTERMSIG(status)));
    return false;
  }
  if (WEXITSTATUS(status) == ktap::kExitBailedOut) ktap::bail_out("the child bailed out");
  return WEXITSTATUS(status) == ktap::kExitPassed;
}

}  // namespace kproof::lib
