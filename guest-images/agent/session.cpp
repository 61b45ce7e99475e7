#include "session.hpp"

#include <algorithm>
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

#include "leaks.hpp"
#include "machine/kvm_keys.hpp"
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

static std::uint64_t now_us() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1000000 +
         static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

static std::uint64_t now_ms() {
  return now_us() / 1000;
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
                                  read_line("/proc/sys/kernel/random/boot_id"), hypervisor()}));
  if (!wait_for_job()) return;
  say_canary("begin");
  prepare();
  run_case();
  look_for_leaks();
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
  if (job_->kvm) kvm_problem_ = kvm_problem();
  if (job_->kvm && kvm_problem_.empty() && hypervisor() == "TCGTCGTCGTCG")
    kvm_problem_ = machine::hold_kvm_keys();
  if (!kvm_problem_.empty()) port_.send(Type::prepare_error, kvm_problem_);
  tell_facts(job_->facts);
}

void Session::tell_facts(const std::vector<std::string>& files, agent::Facts facts) {
  for (const std::string& file : files)
    if (::access(file.c_str(), R_OK) == 0) facts[file] = read_line(file.c_str());
  if (!facts.empty()) port_.send(Type::facts, agent::to_json(facts));
}

// The case around a guest runs from the start of the case inside to its end; it is told of that end
// by SIGTERM.
void Session::start_inner() {
  if (!kvm_problem_.empty()) return;
  inner_.emplace(
      port_, *job_->inner,
      Inner::Listener{.on_case_started = [this] { start_case(); },
                      .on_case_ended = [this] { end_case(); },
                      .on_bye =
                          [this] {
                            tell_facts(job_->inner->facts,
                                       {{std::string(agent::kInnerRamFact), inner_->ram_fact()}});
                          }});
  const std::string error = inner_->start();
  if (error.empty()) return;
  port_.send(Type::prepare_error, error);
  inner_.reset();
}

void Session::start_case() {
  if (job_->argv.empty()) return;
  Environment environment = job_->environment;
  if (inner_) environment.emplace_back("KPROOF_INNER_PID", std::to_string(inner_->pid()));
  const std::string error = start(job_->argv, environment, program_);
  if (!error.empty()) port_.send(Type::prepare_error, error);
}

void Session::end_case() {
  if (case_runs()) ::kill(program_.pid, SIGTERM);
}

bool Session::done() const {
  return !case_runs() && (!inner_ || inner_->ended());
}

void Session::run_case() {
  bye_.taint_before = taint();
  write_kmsg("kproof: case begin");
  const std::uint64_t begin = now_ms();
  if (job_->inner)
    start_inner();
  else
    start_case();
  if (program_.pid < 0 && !inner_) return;
  port_.send(Type::case_started);
  while (!done() && !host_gone_)
    turn();
  ::kill(-1, SIGKILL);  // whatever the case left behind; PID 1 is exempt
  drain_output();
  write_kmsg("kproof: case end");
  if (!ended_) return;
  ended_->duration_ms = now_ms() - begin;
  ended_->aborted = aborted_;
  port_.send(Type::case_ended, to_json(*ended_));
}

// Heartbeats go on meanwhile. A case that had to be aborted may still hold what it has.
void Session::look_for_leaks() {
  if (aborted_ || host_gone_) return;
  leak_scan_ = start_leak_scan();
  while (leak_scan_ > 0 && !host_gone_)
    turn();
}

void Session::finish() {
  bye_.taint_after = taint();
  say_canary("end");
  drain_kmsg();
  port_.send(Type::bye, to_json(bye_));
}

// The switch is for kproof's own tests: a detector that cannot see must be found out.
void Session::say_canary(std::string_view which) {
  if (read_line("/proc/cmdline").find("kproof.suppress_canary") != std::string::npos) return;
  awaited_ = agent::canary(job_->nonce, which);
  write_kmsg(awaited_);
}

void Session::turn() {
  static constexpr std::size_t kOwn = 6;
  std::array<pollfd, kOwn + Inner::kFds> fds{{{port_.fd(), POLLIN, 0},
                                              {kmsg_, POLLIN, 0},
                                              {children_, POLLIN, 0},
                                              {heartbeat_, POLLIN, 0},
                                              {program_.out, POLLIN, 0},
                                              {program_.err, POLLIN, 0}}};
  std::array<pollfd, Inner::kFds> of_inner{};
  if (inner_) of_inner = inner_->fds();
  std::copy(of_inner.begin(), of_inner.end(), fds.begin() + kOwn);
  if (::poll(fds.data(), inner_ ? fds.size() : kOwn, -1) < 0) return;
  if (fds[0].revents) serve_host();
  if (fds[1].revents) serve_kmsg();
  if (fds[4].revents) serve_output(program_.out, Type::case_stdout);
  if (fds[5].revents) serve_output(program_.err, Type::case_stderr);
  if (fds[3].revents) serve_heartbeat();
  std::copy(fds.begin() + kOwn, fds.end(), of_inner.begin());
  if (inner_) inner_->serve(of_inner);
  if (fds[2].revents) serve_child();
}

void Session::serve_host() {
  if (!port_.receive(decoder_)) host_gone_ = true;
  std::string error;
  while (auto frame = decoder_.next()) {
    if (frame->level > 1) {
      deliver(*frame);
      continue;
    }
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

// For the guest inside, or about it.
void Session::deliver(const agent::Frame& frame) {
  if (!inner_) return;
  if (frame.level == 2 && frame.type == Type::stop_inner) return inner_->stop();
  inner_->deliver({frame.type, static_cast<std::uint8_t>(frame.level - 1), frame.payload});
}

void Session::abort_case() {
  aborted_ = true;
  if (inner_) inner_->stop();
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
  if (::read(heartbeat_, &ticks, sizeof ticks) > 0)
    port_.send(Type::heartbeat, std::to_string(now_us()));
}

// PID 1 inherits every orphan; the case is the one that counts.
void Session::serve_child() {
  signalfd_siginfo info{};
  while (::read(children_, &info, sizeof info) > 0) {
  }
  int status = 0;
  for (pid_t pid; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    if (inner_ && pid == inner_->pid()) {
      inner_->on_child(status);
      end_case();
    }
    if (pid == leak_scan_) leak_scan_ = -1;
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
