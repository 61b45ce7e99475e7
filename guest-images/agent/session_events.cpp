// What a session does when something happens: frames of the host, records of the kernel, output and
// end of the case.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.hpp"
#include "session.hpp"
#include "system.hpp"
#include "tasks.hpp"

namespace kproof::guest {
using agent::Type;

// How long a killed case's pipes, or the ring buffer's last record, may take before we end without
// them.
static constexpr int kDrainMs = 5000;
// Of kmsg, 64 KiB each, in one turn.
static constexpr int kMostBatches = 16;

void Session::turn(int milliseconds) {
  static constexpr std::size_t kOwn = 9;
  const bool may_print = !visit_ || visit_->may_print();
  const bool shell_prints = shell_ && shell_->may_print();
  std::array<pollfd, kOwn + Inner::kFds> fds{{{port_.fd(), POLLIN, 0},
                                              {kmsg_, POLLIN, 0},
                                              {children_, POLLIN, 0},
                                              {heartbeat_, POLLIN, 0},
                                              {may_print ? program_.out : -1, POLLIN, 0},
                                              {may_print ? program_.err : -1, POLLIN, 0},
                                              {visit_ ? visit_->input_fd() : -1, POLLOUT, 0},
                                              {shell_prints ? shell_program_.out : -1, POLLIN, 0},
                                              {shell_ ? shell_->input_fd() : -1, POLLOUT, 0}}};
  std::array<pollfd, Inner::kFds> of_inner{};
  if (inner_) of_inner = inner_->fds();
  const bool sends = trace_ && trace_->sends();
  if (sends) trace_->send_piece(port_);
  std::copy(of_inner.begin(), of_inner.end(), fds.begin() + kOwn);
  if (::poll(fds.data(), inner_ ? fds.size() : kOwn, sends ? 0 : milliseconds) <= 0) return;
  if (fds[0].revents) serve_host();
  // A kernel that floods its log overwrites what is not read in time; but the rest is served, too.
  for (int batch = 0; fds[1].revents && batch < kMostBatches && serve_kmsg(); ++batch) {
  }
  if (fds[4].revents) serve_output(program_.out, Type::case_stdout);
  if (fds[5].revents) serve_output(program_.err, Type::case_stderr);
  if (fds[6].revents) visit_->write_input(port_);
  if (fds[7].revents) serve_output(shell_program_.out, Type::shell_output);
  if (fds[8].revents) shell_->write_input(port_);
  if (fds[3].revents) serve_heartbeat();
  std::copy(fds.begin() + kOwn, fds.end(), of_inner.begin());
  if (inner_) inner_->serve(of_inner);
  if (fds[2].revents) serve_child();
}

void Session::serve_host() {
  if (!port_.receive(decoder_)) host_gone_ = true;
  std::string error;
  while (auto frame = decoder_.next())
    frame->level > 1 ? deliver(*frame) : serve_frame(*frame, error);
  if (error.empty()) error = decoder_.error();
  if (!error.empty()) {
    print_console("kproof agent: the host's frame is nonsense: " + error);
    host_gone_ = true;
  }
}

void Session::serve_frame(const agent::Frame& frame, std::string& error) {
  if (frame.type == Type::ping) port_.send(Type::pong);
  if (frame.type == Type::abort) abort_case();
  if (frame.type == Type::stop_trace && trace_) trace_->stop(frame.payload);
  if (frame.type == Type::examine)
    if (const auto wanted = agent::parse_examine(frame.payload, error)) examine(*wanted);
  if (frame.type == Type::job && !job_) job_ = agent::parse_job(frame.payload, error);
  if (frame.type == Type::go_on) may_go_on_ = true;
  if (frame.type == Type::open_shell)
    if (const auto wanted = agent::parse_shell(frame.payload, error)) open_shell(*wanted);
  if (frame.type == Type::end_shell && shell_) ::kill(-shell_program_.pid, SIGKILL);
  if (visit_ || shell_) serve_user(visit_ ? *visit_ : *shell_, frame, error);
}

void Session::serve_user(Visit& visit, const agent::Frame& frame, std::string& error) {
  if (frame.type == Type::output_taken)
    visit.seen(std::strtoul(frame.payload.c_str(), nullptr, 10));
  if (frame.type == Type::resize)
    if (const auto size = agent::parse_size(frame.payload, error)) visit.resize(*size);
  if (frame.type != Type::input) return;
  visit.take_input(frame.payload);
  visit.write_input(port_);
}

// Its own visit is the only one that a user's command leaves room for.
void Session::open_shell(const agent::Shell& wanted) {
  std::string error = visit_ || shell_ ? "there is a command of a user's already" : "";
  if (error.empty()) {
    shell_.emplace(agent::Visit{.terminal = true, .size = wanted.size, .input = true});
    error = shell_->start(wanted.argv, wanted.environment, shell_program_);
    if (!error.empty()) shell_.reset();
  }
  if (error.empty()) return;
  port_.send(Type::shell_output, "kproof: " + error + "\r\n");
  port_.send(Type::shell_ended, to_json(agent::CaseEnded{.exit_code = 126}));
}

void Session::end_shell(const agent::CaseEnded& ended) {
  for (pollfd ready{shell_program_.out, POLLIN, 0};
       shell_program_.out >= 0 && ::poll(&ready, 1, 0) > 0;)
    if (!serve_output(shell_program_.out, Type::shell_output)) break;
  if (shell_program_.out >= 0) ::close(shell_program_.out);
  port_.send(Type::shell_ended, to_json(ended));
  shell_.reset();
  shell_program_ = {};
}

// For the guest inside, or about it.
void Session::deliver(const agent::Frame& frame) {
  if (!inner_) return;
  if (frame.level == 2 && frame.type == Type::stop_inner) return inner_->stop();
  if (frame.level == 2 && frame.type == Type::type_inner) return inner_->type(frame.payload);
  if (frame.level == 2 && frame.type == Type::ask_inner) return inner_->ask(frame.payload);
  if (frame.level == 2 && frame.type == Type::gdb_inner) return inner_->debug(frame.payload);
  inner_->deliver({frame.type, static_cast<std::uint8_t>(frame.level - 1), frame.payload});
}

void Session::abort_case() {
  aborted_ = true;
  if (inner_) inner_->stop();
  if (program_.pid > 0) ::kill(-program_.pid, SIGKILL);
}

// A key's output may be as long as the kernel's buffer, so it is taken away before the next.
void Session::examine(const agent::Examine& wanted) {
  agent::Examined examined;
  if (program_.pid > 0) examined.tasks = tasks_of_session(program_.pid);
  if (!wanted.keys.empty()) write_kmsg(agent::diagnosis_mark(wanted.mark, "begin"));
  for (const char key : wanted.keys) {
    const std::string error = press_sysrq(key);
    if (!error.empty()) examined.problems.push_back(error);
    while (serve_kmsg()) {
    }
  }
  if (!wanted.keys.empty()) write_kmsg(agent::diagnosis_mark(wanted.mark, "end"));
  port_.send(Type::examined, to_json(examined));
}

// Sends what there is, up to the size of a frame; true when there may be more. One read is one
// record.
bool Session::serve_kmsg() {
  constexpr std::size_t kBatch = 65536;
  std::string batch;
  char record[8192];
  while (batch.size() < kBatch) {
    const ssize_t n = ::read(kmsg_, record, sizeof record);
    if (n < 0 && errno == EPIPE)
      continue;  // records were overwritten: the gap in seq tells the host
    if (n <= 0) break;
    batch.append(record, static_cast<std::size_t>(n));
  }
  if (!awaited_.empty() && batch.find(awaited_) != std::string::npos) awaited_.clear();
  if (!batch.empty()) port_.send(Type::kmsg, batch);
  return batch.size() >= kBatch && port_.problem().empty();
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
    agent::CaseEnded ended;
    if (WIFSIGNALED(status))
      ended.signal = WTERMSIG(status);
    else
      ended.exit_code = WEXITSTATUS(status);
    if (shell_ && pid == shell_program_.pid) end_shell(ended);
    if (pid == program_.pid) ended_ = ended;
  }
}

bool Session::serve_output(int& fd, Type type) {
  char buffer[65536];
  const ssize_t n = ::read(fd, buffer, sizeof buffer);
  if (n > 0) port_.send(type, {buffer, static_cast<std::size_t>(n)});
  auto& visit = type == Type::shell_output ? shell_ : visit_;
  if (n > 0 && visit) visit->printed(static_cast<std::size_t>(n));
  if (n > 0 && trace_ && type == Type::case_stdout)
    trace_->hear({buffer, static_cast<std::size_t>(n)});
  if (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN))) return true;
  ::close(fd);
  fd = -1;
  return false;
}

// Where what the case left is not killed, it may hold the pipes open; what the case wrote is there.
void Session::drain_output() {
  for (auto [fd, type] :
       {std::pair{&program_.out, Type::case_stdout}, {&program_.err, Type::case_stderr}})
    for (pollfd ready{*fd, POLLIN, 0};
         *fd >= 0 && ::poll(&ready, 1, job_->hold ? 0 : kDrainMs) > 0;)
      if (!serve_output(*fd, type)) break;
}

void Session::drain_kmsg() {
  const std::uint64_t deadline = now_ms() + kDrainMs;
  for (pollfd ready{kmsg_, POLLIN, 0}; !awaited_.empty() && now_ms() < deadline;)
    if (::poll(&ready, 1, kDrainMs) > 0) serve_kmsg();
}

}  // namespace kproof::guest
