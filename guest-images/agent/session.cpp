#include "session.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system.hpp"

namespace kproof::guest {
using agent::Type;

// How long a killed case's pipes, or the ring buffer's last record, may take before we end without
// them.
static constexpr int kDrainMs = 5000;

static int open_heartbeat() {
  const int fd = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  itimerspec every{};
  every.it_interval.tv_nsec = every.it_value.tv_nsec = agent::kHeartbeatMs * 1000000L;
  ::timerfd_settime(fd, 0, &every, nullptr);
  return fd;
}

static int open_children() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  return ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static std::uint64_t now_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1000 +
         static_cast<std::uint64_t>(now.tv_nsec) / 1000000;
}

Session::Session(Port port, std::vector<std::string> modules)
    : port_(port),
      modules_(std::move(modules)),
      kmsg_(::open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC)),
      children_(open_children()),
      heartbeat_(open_heartbeat()) {}

void Session::run() {
  converse();
  if (!port_.problem().empty()) write_kmsg("kproof agent: " + port_.problem());
}

void Session::converse() {
  utsname uts{};
  ::uname(&uts);
  port_.send(Type::hello,
             to_json(agent::Hello{agent::kProtocolVersion, uts.release, read_line("/proc/version"),
                                  read_line("/proc/sys/kernel/random/boot_id")}));
  if (!wait_for_job()) return;
  write_kmsg(agent::canary(job_->nonce, "begin"));
  prepare();
  run_case();
  finish();
}

bool Session::wait_for_job() {
  while (!job_ && !host_gone_)
    turn();
  return job_.has_value();
}

void Session::prepare() {
  for (const std::string& module : modules_) {
    const std::string error = load_module(module);
    if (!error.empty()) port_.send(Type::prepare_error, error);
  }
  for (const auto& [name, value] : job_->sysctls) {
    const std::string error = set_sysctl(name, value);
    if (!error.empty()) port_.send(Type::prepare_error, error);
  }
}

void Session::run_case() {
  bye_.taint_before = taint();
  write_kmsg("kproof: case begin");
  const std::uint64_t begin = now_ms();
  const std::string error = start(job_->argv, program_);
  if (!error.empty()) {
    port_.send(Type::prepare_error, error);
    return;
  }
  port_.send(Type::case_started);
  while (!ended_ && !host_gone_)
    turn();
  ::kill(-1, SIGKILL);  // whatever the case left behind; PID 1 is exempt
  drain_output();
  write_kmsg("kproof: case end");
  if (!ended_) return;
  ended_->duration_ms = now_ms() - begin;
  ended_->aborted = aborted_;
  port_.send(Type::case_ended, to_json(*ended_));
}

void Session::finish() {
  bye_.taint_after = taint();
  awaited_ = agent::canary(job_->nonce, "end");
  write_kmsg(awaited_);
  drain_kmsg();
  port_.send(Type::bye, to_json(bye_));
}

void Session::turn() {
  std::array<pollfd, 6> fds{{{port_.fd(), POLLIN, 0},
                             {kmsg_, POLLIN, 0},
                             {children_, POLLIN, 0},
                             {heartbeat_, POLLIN, 0},
                             {program_.out, POLLIN, 0},
                             {program_.err, POLLIN, 0}}};
  if (::poll(fds.data(), fds.size(), -1) < 0) return;
  if (fds[0].revents) serve_host();
  if (fds[1].revents) serve_kmsg();
  if (fds[4].revents) serve_output(program_.out, Type::case_stdout);
  if (fds[5].revents) serve_output(program_.err, Type::case_stderr);
  if (fds[3].revents) serve_heartbeat();
  if (fds[2].revents) serve_child();
}

void Session::serve_host() {
  if (!port_.receive(decoder_)) host_gone_ = true;
  std::string error;
  while (auto frame = decoder_.next()) {
    if (frame->type == Type::ping) port_.send(Type::pong);
    if (frame->type == Type::abort) abort_case();
    if (frame->type == Type::job && !job_) job_ = agent::parse_job(frame->payload, error);
  }
  if (error.empty()) error = decoder_.error();
  if (!error.empty()) {
    print_console("kproof agent: the host's frame is nonsense: " + error);
    host_gone_ = true;
  }
}

void Session::abort_case() {
  aborted_ = true;
  if (program_.pid > 0) ::kill(-program_.pid, SIGKILL);
}

// Sends what there is, as few frames as it takes. One read is one record.
void Session::serve_kmsg() {
  std::string batch;
  char record[8192];
  while (batch.size() < 65536) {
    const ssize_t n = ::read(kmsg_, record, sizeof record);
    if (n < 0 && errno == EPIPE)
      continue;  // records were overwritten: the gap in seq tells the host
    if (n <= 0) break;
    batch.append(record, static_cast<std::size_t>(n));
  }
  if (!awaited_.empty() && batch.find(awaited_) != std::string::npos) awaited_.clear();
  if (!batch.empty()) port_.send(Type::kmsg, batch);
}

void Session::serve_heartbeat() {
  std::uint64_t ticks = 0;
  if (::read(heartbeat_, &ticks, sizeof ticks) > 0) port_.send(Type::heartbeat);
}

// PID 1 inherits every orphan; the case is the one that counts.
void Session::serve_child() {
  signalfd_siginfo info{};
  while (::read(children_, &info, sizeof info) > 0) {
  }
  int status = 0;
  for (pid_t pid; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    if (pid != program_.pid) continue;
    ended_.emplace();
    if (WIFSIGNALED(status))
      ended_->signal = WTERMSIG(status);
    else
      ended_->exit_code = WEXITSTATUS(status);
  }
}

bool Session::serve_output(int& fd, Type type) {
  char buffer[65536];
  const ssize_t n = ::read(fd, buffer, sizeof buffer);
  if (n > 0) port_.send(type, {buffer, static_cast<std::size_t>(n)});
  if (n > 0 || (n < 0 && errno == EINTR)) return true;
  ::close(fd);
  fd = -1;
  return false;
}

void Session::drain_output() {
  for (auto [fd, type] :
       {std::pair{&program_.out, Type::case_stdout}, {&program_.err, Type::case_stderr}})
    for (pollfd ready{*fd, POLLIN, 0}; *fd >= 0 && ::poll(&ready, 1, kDrainMs) > 0;)
      if (!serve_output(*fd, type)) break;
}

void Session::drain_kmsg() {
  const std::uint64_t deadline = now_ms() + kDrainMs;
  for (pollfd ready{kmsg_, POLLIN, 0}; !awaited_.empty() && now_ms() < deadline;)
    if (::poll(&ready, 1, kDrainMs) > 0) serve_kmsg();
}

}  // namespace kproof::guest
