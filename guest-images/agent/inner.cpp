#include "inner.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kproof::guest {
using agent::Type;

static constexpr int kInside = 2;  // the level of that guest, as our own port's peer counts
// How long what a dead QEMU has left in its sockets and pipes may take to be read.
static constexpr int kSocketDrainMs = 1000;

static int listen_at(std::string_view path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      ::listen(fd, 1) == 0)
    return fd;
  ::close(fd);
  return -1;
}

static int connect_to(std::string_view path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

// The one connection that comes to `listener`, which is closed then.
static void accept_one(int& listener, int& peer) {
  peer = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  ::close(listener);
  listener = -1;
}

Inner::Inner(Port& port, agent::Inner job, Listener listener)
    : port_(port), job_(std::move(job)), listener_(std::move(listener)) {}

std::string Inner::start() {
  agent_listener_ = listen_at(agent::kInnerAgentSocket);
  console_listener_ = listen_at(agent::kInnerConsoleSocket);
  if (agent_listener_ < 0 || console_listener_ < 0)
    return std::string("sockets for the guest inside: ") + std::strerror(errno);
  ram_ = prepare_backing(job_.backing, job_.memory, job_.shared);
  if (!ram_.error.empty()) return "RAM of the guest inside: " + ram_.error;
  for (std::string& word : job_.argv)
    if (const auto at = word.find(agent::kInnerRamFile); at != std::string::npos)
      word.replace(at, agent::kInnerRamFile.size(), ram_.path);
  const std::string error =
      guest::start(job_.argv, {}, qemu_, ram_.without_thp ? disable_thp : nullptr);
  if (error.empty()) port_.send(Type::inner_started, {}, kInside);
  return error;
}

std::string Inner::ram_fact() const {
  const BackingFacts facts = backing_facts(qemu_.pid, ram_.path);
  return std::to_string(facts.page_size) + " " + facts.text;
}

void Inner::stop() {
  if (qemu_.pid > 0 && !ended_) ::kill(qemu_.pid, SIGKILL);
}

// A QEMU that is gone needs nothing more: its end follows.
static void send_all(int fd, std::string_view bytes, int flags) {
  while (fd >= 0 && !bytes.empty()) {
    const ssize_t n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | flags);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void Inner::deliver(const agent::Frame& frame) {
  send_all(agent_, agent::encode(frame), 0);
}

// Neither may hold us up: it is a guest or a QEMU that hangs which is talked to so.
void Inner::type(std::string_view bytes) {
  send_all(console_, bytes, MSG_DONTWAIT);
}

void Inner::ask(std::string_view bytes) {
  if (console_listener_ >= 0)
    unasked_ += bytes;
  else
    send_all(qmp_, bytes, MSG_DONTWAIT);
}

// A debugger waits for what it asks for, so what it sends at a time is small.
void Inner::debug(std::string_view bytes) {
  if (bytes.empty()) {
    if (gdb_ >= 0) ::close(std::exchange(gdb_, -1));
    port_.send(Type::inner_gdb, {}, kInside);
    return;
  }
  if (gdb_ < 0) gdb_ = connect_to(agent::kInnerGdbSocket);
  send_all(gdb_, bytes, 0);
}

// QEMU connects to its console when it listens for QMP already, the order of its command line
// (vm/inner_qemu.cpp). So no event of its monitor is lost, and its end has a reason.
void Inner::meet_qemu() {
  accept_one(console_listener_, console_);
  qmp_ = connect_to(agent::kInnerQmpSocket);
  send_all(qmp_, std::exchange(unasked_, {}), MSG_DONTWAIT);
}

std::array<pollfd, Inner::kFds> Inner::fds() const {
  return {{{agent_listener_, POLLIN, 0},
           {console_listener_, POLLIN, 0},
           {agent_, POLLIN, 0},
           {console_, POLLIN, 0},
           {qemu_.out, POLLIN, 0},
           {qemu_.err, POLLIN, 0},
           {qmp_, POLLIN, 0},
           {gdb_, POLLIN, 0}}};
}

void Inner::serve(const std::array<pollfd, kFds>& ready) {
  if (ready[0].revents) accept_one(agent_listener_, agent_);
  if (ready[1].revents) meet_qemu();
  if (ready[3].revents) pump(console_, Type::inner_console);
  if (ready[2].revents) receive();
  if (ready[4].revents) pump(qemu_.out, Type::inner_said);
  if (ready[5].revents) pump(qemu_.err, Type::inner_said);
  if (ready[6].revents) pump(qmp_, Type::inner_answered);
  if (ready[7].revents && gdb_ >= 0) pump(gdb_, Type::inner_gdb);
}

bool Inner::pump(int& fd, Type type) {
  char buffer[65536];
  const ssize_t n = ::read(fd, buffer, sizeof buffer);
  if (n > 0) port_.send(type, {buffer, static_cast<std::size_t>(n)}, kInside);
  if (n > 0 || (n < 0 && errno == EINTR)) return true;
  ::close(fd);
  fd = -1;
  return false;
}

void Inner::receive() {
  char buffer[65536];
  const ssize_t n = ::read(agent_, buffer, sizeof buffer);
  if (n < 0 && errno == EINTR) return;
  if (n <= 0) {
    ::close(agent_);
    agent_ = -1;
    return;
  }
  if (nonsense_) return;
  decoder_.feed({buffer, static_cast<std::size_t>(n)});
  while (const auto frame = decoder_.next())
    relay(*frame);
  if (decoder_.error().empty()) return;
  nonsense_ = true;
  port_.send(Type::inner_nonsense, decoder_.error(), kInside);
}

void Inner::relay(const agent::Frame& frame) {
  if (frame.level == 1 && frame.type == Type::bye) listener_.on_bye();
  port_.send(frame.type, frame.payload, frame.level + 1);
  if (frame.level == 1 && frame.type == Type::case_started) listener_.on_case_started();
  if (frame.level == 1 && frame.type == Type::case_ended) listener_.on_case_ended();
}

void Inner::on_child(int status) {
  for (;;) {
    auto ready = fds();
    ready[0].fd = ready[1].fd = -1;  // nobody will connect any more
    bool open = false;
    for (const pollfd& fd : ready)
      open |= fd.fd >= 0;
    if (!open || ::poll(ready.data(), ready.size(), kSocketDrainMs) <= 0) break;
    serve(ready);
  }
  ended_ = true;
  agent::InnerEnded ended;
  if (WIFSIGNALED(status))
    ended.signal = WTERMSIG(status);
  else
    ended.exit_code = WEXITSTATUS(status);
  port_.send(Type::inner_ended, to_json(ended), kInside);
}

}  // namespace kproof::guest
