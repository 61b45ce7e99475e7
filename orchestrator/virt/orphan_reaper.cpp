#include "virt/orphan_reaper.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/error.hpp"
#include "util/fd.hpp"

namespace kproof::virt {

// How soon an orphan's end is noticed. SIGCHLD would tell at once, but only a program that owns all
// its threads' signal masks may use it, and libvirt's are not ours; and a wait without a limit
// could be ended by nothing but a child.
static constexpr std::chrono::milliseconds kLook{10};

OrphanReaper& OrphanReaper::of_process() {
  static OrphanReaper reaper;
  return reaper;
}

OrphanReaper::OrphanReaper() : thread_([this](const std::stop_token& stop) { serve(stop); }) {}

OrphanReaper::Watch::Watch(OrphanReaper& reaper) : reaper_(reaper) {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
    throw HostError(std::string("prctl PR_SET_CHILD_SUBREAPER: ") + std::strerror(errno));
  const std::lock_guard lock(reaper_.mutex_);
  ++reaper_.watches_;
  reaper_.changed_.notify_one();
}

OrphanReaper::Watch::~Watch() {
  const std::lock_guard lock(reaper_.mutex_);
  --reaper_.watches_;
}

void OrphanReaper::keep(pid_t pid) {
  const std::lock_guard lock(mutex_);
  kept_.insert(pid);
}

void OrphanReaper::let_go(pid_t pid) noexcept {
  const std::lock_guard lock(mutex_);
  kept_.erase(pid);
}

// A bare thread: nothing in here may throw, and what cannot be read now is read 10 ms later.
void OrphanReaper::serve(const std::stop_token& stop) noexcept {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return watches_ > 0; })) {
    reap_all();
    changed_.wait_for(lock, stop, kLook, [] { return false; });
  }
}

static bool is_daemon(pid_t pid) {
  const pid_t session = ::getsid(pid);
  return session > 0 && session != ::getsid(0) && session != pid;
}

// False when that child is not to be reaped here.
bool OrphanReaper::reap_one(pid_t pid) noexcept {
  return !kept_.contains(pid) && is_daemon(pid) && ::waitpid(pid, nullptr, WNOHANG) == pid;
}

// Zombies show in the order of their birth. One that is not ours hides those behind it until its
// owner reaps it, so then all children are looked at.
static std::string children_of(pid_t thread) {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/self/task/%d/children", thread);
  const util::Fd file(::open(path, O_RDONLY | O_CLOEXEC));
  std::string text;
  char buffer[4096];
  for (ssize_t n; file && (n = ::read(file.get(), buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(n));
  return text;
}

void OrphanReaper::reap_all() noexcept {
  siginfo_t dead{};
  while (::waitid(P_ALL, 0, &dead, WEXITED | WNOWAIT | WNOHANG) == 0 && dead.si_pid != 0) {
    if (reap_one(std::exchange(dead.si_pid, 0))) continue;
    // The kernel gives orphans to the first thread of a subreaper that lives: its main thread.
    const std::string children = children_of(::getpid());
    char* at = nullptr;
    for (const char* from = children.c_str(); const long pid = std::strtol(from, &at, 10);
         from = at)
      reap_one(static_cast<pid_t>(pid));
    return;
  }
}

}  // namespace kproof::virt
