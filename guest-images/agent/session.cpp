#include "session.hpp"

#include <utility>

#include <fcntl.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.hpp"
#include "leaks.hpp"
#include "machine/hypervisor.hpp"
#include "machine/kvm_keys.hpp"
#include "system.hpp"

namespace kproof::guest {
using agent::Type;

// What a case sets off may hit the kernel when the case is gone: freed by RCU, on a work queue.
static constexpr int kLingerMs = 200;

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

Session::Session(Port port, std::vector<std::string> modules)
    : port_(port),
      modules_(std::move(modules)),
      kmsg_(::open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC)),
      children_(open_children()),
      heartbeat_(open_heartbeat()) {}

void Session::run() {
  converse();
  reset_if_told();
  if (!port_.problem().empty()) write_kmsg("kproof agent: " + port_.problem());
}

void Session::converse() {
  utsname uts{};
  ::uname(&uts);
  port_.send(
      Type::hello,
      to_json(agent::Hello{agent::kProtocolVersion, uts.release, read_line("/proc/version"),
                           read_line("/proc/sys/kernel/random/boot_id"), machine::hypervisor()}));
  if (!wait_for_job()) return;
  say_canary("begin");
  prepare();
  run_case();
  send_trace();
  look_for_leaks();
  finish();
}

bool Session::wait_for_job() {
  while (!job_ && !host_gone_)
    turn();
  return job_.has_value();
}

void Session::prepare() {
  if (job_->spare_cpu0)
    if (const std::string error = leave_cpu0(); !error.empty())
      port_.send(Type::prepare_error, error);
  for (const std::string& module : modules_) {
    const std::string error = load_module(module);
    if (!error.empty()) port_.send(Type::prepare_error, error);
  }
  for (const auto& [name, value] : job_->sysctls) {
    const std::string error = set_sysctl(name, value);
    if (!error.empty()) port_.send(Type::prepare_error, error);
  }
  if (job_->kvm) kvm_problem_ = kvm_problem();
  if (job_->kvm && kvm_problem_.empty() && machine::under_tcg())
    kvm_problem_ = machine::hold_kvm_keys();
  if (!kvm_problem_.empty()) port_.send(Type::prepare_error, kvm_problem_);
  tell_facts(job_->facts, {{std::string(agent::kUnknownWordsFact), unknown_words()}});
  if (job_->trace) prepare_trace();
}

// Behind the modules, which bring events.
void Session::prepare_trace() {
  trace_.emplace(*job_->trace);
  trace_problem_ = trace_->prepare(port_);
  if (!trace_problem_.empty()) port_.send(Type::prepare_error, trace_problem_);
}

void Session::tell_facts(const std::vector<std::string>& files, agent::Facts facts) {
  for (const std::string& file : files)
    if (::access(file.c_str(), R_OK) == 0) facts[file] = read_line(file.c_str());
  if (!facts.empty()) port_.send(Type::facts, agent::to_json(facts));
}

// The case around a guest runs from the start of the case inside to its end; it is told of that end
// by SIGTERM.
void Session::start_inner() {
  if (!kvm_problem_.empty() || !trace_problem_.empty()) return;
  inner_.emplace(port_, *job_->inner,
                 Inner::Listener{.on_case_started = [this] { start_case(); },
                                 .on_case_ended = [this] { end_case(); },
                                 .on_bye =
                                     [this] {
                                       tell_facts(job_->inner->facts);
                                       if (job_->argv.empty()) tell_ram();
                                     }});
  const std::string error = inner_->start();
  if (error.empty()) return;
  port_.send(Type::prepare_error, error);
  inner_.reset();
}

// Of the guest inside. Late, when most of it is in use; but before a case here works on it, which
// may well split what maps it.
void Session::tell_ram() {
  tell_facts({}, {{std::string(agent::kInnerRamFact), inner_->ram_fact()}});
}

void Session::start_case() {
  if (job_->argv.empty() || !trace_problem_.empty()) return;
  Environment environment = job_->environment;
  if (inner_) {
    tell_ram();
    environment.emplace_back("KPROOF_INNER_PID", std::to_string(inner_->pid()));
  }
  if (job_->visit) visit_.emplace(*job_->visit);
  const std::string error = visit_ ? visit_->start(job_->argv, environment, program_)
                                   : start(job_->argv, environment, program_);
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
  if (trace_ && trace_problem_.empty()) trace_->start();
  const std::uint64_t begin = now_ms();
  if (job_->inner)
    start_inner();
  else
    start_case();
  if (program_.pid < 0 && !inner_) return;
  port_.send(Type::case_started);
  if (visit_)
    for (const std::string& problem : visit_->problems())
      port_.send(Type::case_stderr, "kproof: " + problem + "\r\n");
  while (!done() && !host_gone_)
    turn();
  if (!job_->hold) ::kill(-1, SIGKILL);  // whatever the case left behind; PID 1 is exempt
  drain_output();
  write_kmsg("kproof: case end");
  if (ended_) {
    ended_->duration_ms = now_ms() - begin;
    ended_->aborted = aborted_;
    port_.send(Type::case_ended, to_json(*ended_));
  }
  if (job_->hold) wait_to_go_on();
}

// What the case left may be looked at. Its output is told: what still writes there is not heard.
void Session::wait_to_go_on() {
  for (int* fd : {&program_.out, &program_.err})
    if (*fd >= 0) ::close(std::exchange(*fd, -1));
  while (ended_ && !may_go_on_ && !host_gone_)
    turn();
  ::kill(-1, SIGKILL);
}

// Heartbeats and kmsg go on meanwhile.
void Session::send_trace() {
  if (!trace_) return;
  trace_->stop("the case ended");
  while (trace_->sends() && !host_gone_)
    turn(0);
}

// The console and kmsg are read on for a moment before they are called complete.
void Session::linger() {
  visit_all_cpus();
  const std::uint64_t end = now_ms() + kLingerMs;
  for (std::uint64_t now = now_ms(); now < end && !host_gone_; now = now_ms())
    turn(static_cast<int>(end - now));
}

// Heartbeats go on meanwhile. A case that had to be aborted may still hold what it has.
void Session::look_for_leaks() {
  if (aborted_ || host_gone_) return;
  leak_scan_ = start_leak_scan();
  while (leak_scan_ > 0 && !host_gone_)
    turn();
}

void Session::finish() {
  if (ended_) linger();
  bye_.taint_after = taint();
  say_canary("end");
  drain_kmsg();
  bye_said_ = port_.send(Type::bye, to_json(bye_));
}

static bool has_switch(const char* name) {
  return (" " + read_line("/proc/cmdline") + " ").find(std::string(" ") + name + " ") !=
         std::string::npos;
}

// The switches are for kproof's own tests: a detector that cannot see must be found out, and so
// must a kernel that does not power off but resets, without a word.
void Session::say_canary(std::string_view which) {
  if (has_switch("kproof.suppress_canary")) return;
  awaited_ = agent::canary(job_->nonce, which);
  write_kmsg(awaited_);
}

void Session::reset_if_told() const {
  if (bye_said_ && has_switch("kproof.reset_at_poweroff")) reset_machine();
}

}  // namespace kproof::guest
