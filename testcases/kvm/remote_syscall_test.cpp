#include "kvm/remote_syscall.hpp"

#include <cerrno>
#include <csignal>
#include <ctime>

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

using kproof::kvm::RemoteProcess;

static volatile unsigned long signals_seen = 0;

static long now_us() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

// Waits in one of the ways that the kernel restarts in different ways: with the time that is left
// (restart_block: poll, nanosleep), or from registers (ppoll). False if it came back in a way that
// it must not: early, or by EINTR where no signal came.
static bool wait_well(unsigned way) {
  constexpr long kWaitUs = 5000;
  timespec time{0, kWaitUs * 1000};
  const long start = now_us();
  const unsigned long signals = signals_seen;
  pollfd none{-1, POLLIN, 0};
  int result = 0;
  if (way == 0) result = ::poll(&none, 1, kWaitUs / 1000);
  if (way == 1) result = ::ppoll(&none, 1, &time, nullptr);
  if (way == 2) result = ::nanosleep(&time, nullptr);
  if (result == 0) return now_us() - start >= kWaitUs;
  return errno == EINTR && signals_seen > signals;
}

// All registers that a loop uses.
static bool compute_well(std::uint64_t seed) {
  std::uint64_t a = seed, b = seed;
  for (unsigned i = 0; i < 300000; ++i)
    a = a * 6364136223846793005u + 1;
  for (unsigned i = 0; i < 300000; ++i)
    b = b * 6364136223846793005u + 1;
  return a == b;
}

// A child that does both again and again, and says by its exit code how it went.
static pid_t start_victim(bool with_signals) {
  const pid_t pid = ::fork();
  if (pid > 0) return pid;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  struct sigaction action {};
  action.sa_handler = [](int) { signals_seen = signals_seen + 1; };
  ::sigaction(SIGALRM, &action, nullptr);
  const itimerval often{{0, 2300}, {0, 2300}};
  if (with_signals) ::setitimer(ITIMER_REAL, &often, nullptr);
  bool well = true;
  for (unsigned i = 0; i < 200; ++i)
    well = well && wait_well(i % 3) && compute_well(i);
  if (with_signals) well = well && signals_seen > 0;
  ::_exit(well ? 0 : 1);
}

// What QEMU is made to do, without a file. The number of calls that were not as they should be.
static int use(RemoteProcess& process, pid_t pid) {
  constexpr std::uint64_t kLength = 1 << 16;
  const long memory = process.call(
      SYS_mmap, {0, kLength, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, ~0ull, 0});
  const auto address = static_cast<std::uint64_t>(memory);
  int wrong = memory < 0;
  wrong += process.call(SYS_getpid, {}) != pid;
  wrong += process.call(SYS_mprotect, {address, kLength, PROT_NONE}) != 0;
  wrong += process.call(SYS_madvise, {address, kLength, 9999}) != -EINVAL;
  wrong += process.call(SYS_munmap, {address, kLength}) != 0;
  return wrong;
}

// Until it has ended, so that it is met wherever it can be.
static void use_up(bool with_signals) {
  const pid_t pid = start_victim(with_signals);
  RemoteProcess process(pid);
  int rounds = 0, wrong = 0;
  for (; process.attach(); ++rounds) {
    wrong += use(process, pid);
    process.detach();
    ::usleep(static_cast<unsigned>(rounds % 7) * 500);
  }
  int status = -1;
  ::waitpid(pid, &status, 0);
  CHECK(rounds > 20);
  CHECK(wrong == 0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a process that is made to make calls waits and computes as before") {
  use_up(false);
}

TEST_CASE("signals reach a process that is made to make calls") {
  use_up(true);
}

TEST_CASE("a process that dies while attached is told, not waited for") {
  const pid_t pid = start_victim(false);
  RemoteProcess process(pid);
  REQUIRE(process.attach());
  ::kill(pid, SIGKILL);
  CHECK(process.call(SYS_getpid, {}) == -ESRCH);
  CHECK(process.problem() != "");
  process.detach();
  CHECK_FALSE(process.attach());
  int status = 0;
  CHECK(::waitpid(pid, &status, 0) == pid);
  CHECK(WTERMSIG(status) == SIGKILL);
}
