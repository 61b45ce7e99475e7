// System calls made by another process, for what only its own mm can do: KVM's mmu_notifier is
// registered there.
//
// Promises: the other process makes the calls one after another in one of its threads, which stands
// meanwhile; its registers, its signal mask and a system call that was interrupted are as before
// afterwards, and signals that came are delivered then. If it ends meanwhile, its status is left to
// whoever has started it. Two limits: if we are killed between attach() and detach() the kernel
// lets the thread go on, but behind the last call made, which it will not survive; and the thread
// must not stand in a critical section of restartable sequences (rseq), of which glibc has none.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include <sys/types.h>
#include <sys/user.h>

namespace kproof::kvm {

class RemoteProcess {
 public:
  // Uses the thread `pid`, the first one, which in QEMU runs the main loop and is no vCPU's.
  explicit RemoteProcess(pid_t pid);

  // Stops the thread; false, with problem(), if that cannot be: it has gone.
  bool attach();
  // Lets it go on.
  void detach();
  // Between the two: what the call returns, -errno on errors, -ESRCH if the process has gone.
  long call(long number, std::array<std::uint64_t, 6> arguments);

  const std::string& problem() const { return problem_; }

 private:
  bool wait_stop(int& stop);
  bool wait_trap();
  bool resume();
  bool fail(const char* what);
  std::uint64_t find_syscall_instruction() const;

  pid_t pid_;
  std::uint64_t instruction_ = 0;  // where the process has a `syscall`
  bool attached_ = false;
  user_regs_struct saved_{};
  std::uint64_t saved_mask_ = 0;
  int stray_signal_ = 0;
  std::string problem_;
};

}  // namespace kproof::kvm
