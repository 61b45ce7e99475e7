#include "kvm/remote_syscall.hpp"

#include <cerrno>
#include <cinttypes>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/sysfs.hpp"

namespace kproof::kvm {

// PTRACE_O_TRACESYSGOOD tells stops at a system call from a SIGTRAP.
static constexpr int kSyscallStop = SIGTRAP | 0x80;
static constexpr std::uint64_t kNoSignals = ~std::uint64_t{0};

// Of a stop as waitid's si_status has it.
static int event_of(int stop) {
  return stop >> 8;
}

static int signal_of(int stop) {
  return stop & 0x7f;
}

RemoteProcess::RemoteProcess(pid_t pid) : pid_(pid), instruction_(find_syscall_instruction()) {
  if (instruction_ == 0) problem_ = "no system call instruction in the vDSO";
}

// The vDSO falls back to system calls for clocks that it cannot read.
std::uint64_t RemoteProcess::find_syscall_instruction() const {
  const std::string proc = "/proc/" + std::to_string(pid_);
  const std::string maps = lib::sysfs::read(proc + "/maps");
  const auto vdso = maps.find("[vdso]");
  std::uint64_t start = 0, end = 0;
  if (vdso == std::string::npos || std::sscanf(maps.c_str() + maps.rfind('\n', vdso) + 1,
                                               "%" SCNx64 "-%" SCNx64, &start, &end) != 2)
    return 0;
  std::vector<char> code(end - start);
  const int memory = ::open((proc + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
  const ssize_t n = ::pread(memory, code.data(), code.size(), static_cast<off_t>(start));
  ::close(memory);
  for (ssize_t i = 0; i + 1 < n; ++i)
    if (std::memcmp(&code[static_cast<std::size_t>(i)], "\x0f\x05", 2) == 0)
      return start + static_cast<std::uint64_t>(i);
  return 0;
}

bool RemoteProcess::fail(const char* what) {
  problem_ = std::string(what) + ": " + std::strerror(errno);
  return false;
}

// An end is only looked at (WNOWAIT): its status is for whoever has started the process.
bool RemoteProcess::wait_stop(int& stop) {
  for (siginfo_t info{};;) {
    if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WSTOPPED | WNOWAIT | __WALL) !=
        0) {
      if (errno == EINTR) continue;
      return fail("waitid");
    }
    if (info.si_code != CLD_STOPPED && info.si_code != CLD_TRAPPED) break;
    info.si_pid = 0;  // still 0 where SIGKILL has come between the two
    if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WSTOPPED | WNOHANG | __WALL) != 0 ||
        info.si_pid == 0)
      continue;
    stop = info.si_status;
    return true;
  }
  attached_ = false;
  problem_ = "the process has ended";
  return false;
}

// Until the stop of PTRACE_INTERRUPT, which is on the way from the kernel to user space: no
// instruction runs before it. A signal that is on its way first is delivered.
bool RemoteProcess::wait_trap() {
  for (int stop = 0; wait_stop(stop);) {
    if (event_of(stop) == PTRACE_EVENT_STOP) return true;
    if (::ptrace(PTRACE_CONT, pid_, 0, stop == kSyscallStop ? 0 : signal_of(stop)) != 0)
      return fail("PTRACE_CONT");
  }
  return false;
}

// The mask keeps handlers from running on the registers that call() sets.
bool RemoteProcess::attach() {
  if (instruction_ == 0) return false;
  if (::ptrace(PTRACE_SEIZE, pid_, 0, PTRACE_O_TRACESYSGOOD) != 0) return fail("PTRACE_SEIZE");
  attached_ = true;
  if (::ptrace(PTRACE_INTERRUPT, pid_, 0, 0) != 0) return fail("PTRACE_INTERRUPT");
  if (!wait_trap()) return false;
  if (::ptrace(PTRACE_GETREGS, pid_, 0, &saved_) != 0) return fail("PTRACE_GETREGS");
  if (::ptrace(PTRACE_GETSIGMASK, pid_, sizeof saved_mask_, &saved_mask_) != 0)
    return fail("PTRACE_GETSIGMASK");
  if (::ptrace(PTRACE_SETSIGMASK, pid_, sizeof kNoSignals, &kNoSignals) != 0)
    return fail("PTRACE_SETSIGMASK");
  return true;
}

// To the next stop at a system call. SIGSTOP cannot be masked; it is sent again in the end.
bool RemoteProcess::resume() {
  for (int stop = 0; ::ptrace(PTRACE_SYSCALL, pid_, 0, 0) == 0;) {
    if (!wait_stop(stop)) return false;
    if (stop == kSyscallStop) return true;
    if (event_of(stop) == 0) stray_signal_ = signal_of(stop);
  }
  return fail("PTRACE_SYSCALL");
}

// orig_rax of -1 says that no system call is to be restarted.
long RemoteProcess::call(long number, std::array<std::uint64_t, 6> arguments) {
  if (!attached_) return -ESRCH;
  user_regs_struct regs = saved_;
  regs.rip = instruction_;
  regs.rax = static_cast<std::uint64_t>(number);
  regs.orig_rax = ~std::uint64_t{0};
  regs.rdi = arguments[0];
  regs.rsi = arguments[1];
  regs.rdx = arguments[2];
  regs.r10 = arguments[3];
  regs.r8 = arguments[4];
  regs.r9 = arguments[5];
  if (::ptrace(PTRACE_SETREGS, pid_, 0, &regs) != 0)
    fail("PTRACE_SETREGS");
  else if (resume() && resume() && ::ptrace(PTRACE_GETREGS, pid_, 0, &regs) == 0)
    return static_cast<long>(regs.rax);
  return -ESRCH;
}

// The registers of an interrupted system call say so (rax is -ERESTART..., orig_rax its number),
// and the kernel acts upon that only on the way through signal delivery. So they are put back in
// another stop of PTRACE_INTERRUPT, which is there, and not where a system call ends.
void RemoteProcess::detach() {
  if (!attached_) return;
  if (::ptrace(PTRACE_INTERRUPT, pid_, 0, 0) == 0 && ::ptrace(PTRACE_CONT, pid_, 0, 0) == 0 &&
      wait_trap()) {
    ::ptrace(PTRACE_SETREGS, pid_, 0, &saved_);
    ::ptrace(PTRACE_SETSIGMASK, pid_, sizeof saved_mask_, &saved_mask_);
    ::ptrace(PTRACE_DETACH, pid_, 0, 0);
  }
  attached_ = false;
  if (stray_signal_ != 0) ::syscall(SYS_tgkill, pid_, pid_, stray_signal_);
  stray_signal_ = 0;
}

}  // namespace kproof::kvm
