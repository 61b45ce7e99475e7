// For tests: sizes, and another process, as another kproof is one.
#pragma once

#include <cstdint>
#include <functional>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kproof::resources {

inline constexpr std::uint64_t MiB = 1ull << 20, GiB = 1ull << 30;

// Runs `work` in a child, which then waits to be ended. The object is there when `work` is done.
class OtherRun {
 public:
  explicit OtherRun(const std::function<void()>& work) {
    int done[2];
    if (::pipe(done) != 0) ::abort();
    pid_ = ::fork();
    if (pid_ == 0) {
      work();
      (void)!::write(done[1], "x", 1);
      for (;;)
        ::pause();
    }
    ::close(done[1]);
    char byte;
    ok_ = ::read(done[0], &byte, 1) == 1;
    ::close(done[0]);
  }
  OtherRun(const OtherRun&) = delete;
  OtherRun& operator=(const OtherRun&) = delete;
  ~OtherRun() { kill(); }

  bool ok() const { return ok_; }
  int pid() const { return pid_; }
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  pid_t pid_ = 0;
  bool ok_ = false;
};

}  // namespace kproof::resources
