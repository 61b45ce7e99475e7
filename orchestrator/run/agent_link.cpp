#include "run/agent_link.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <poll.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "run/socket.hpp"

namespace kproof::run {

bool may_be_agent(const Peer& peer, pid_t qemu, uid_t own, const std::vector<uid_t>& qemu_users) {
  if (qemu > 0) return peer.pid == qemu;
  return peer.uid == own || peer.uid == 0 || std::ranges::count(qemu_users, peer.uid) > 0;
}

// What distributions call the user that a system's libvirt runs QEMU as.
static std::vector<uid_t> qemu_users() {
  std::vector<uid_t> users;
  for (const char* name : {"libvirt-qemu", "qemu"})
    if (const passwd* entry = ::getpwnam(name)) users.push_back(entry->pw_uid);
  return users;
}

AgentLink::AgentLink(const std::filesystem::path& path, bool others)
    : path_(path), listener_(listen_at(path, others ? 0666 : 0600, 1)) {}

AgentLink::~AgentLink() {
  ::unlink(path_.c_str());
}

// At most this much in one turn, so that a chatty guest does not starve its own deadlines.
static constexpr std::size_t kTurn = 4 << 20;

// The kernel noted who connected, when it did.
void AgentLink::accept_peer() {
  peer_.reset(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!peer_) return;
  listener_.reset();
  ucred credentials{};
  socklen_t size = sizeof credentials;
  ::getsockopt(peer_.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size);
  const Peer peer{credentials.pid, credentials.uid};
  if (may_be_agent(peer, qemu_, ::geteuid(), qemu_users())) return;
  intruder_ =
      fmt::format("process {} of user {} connected to the agent's socket, and is not its QEMU",
                  peer.pid, peer.uid);
  peer_.reset();
}

bool AgentLink::receive() {
  if (!peer_ && listener_) accept_peer();
  char buffer[1 << 16];
  for (std::size_t taken = 0; peer_ && taken < kTurn;) {
    const ssize_t n = ::read(peer_.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return false;
    if (n <= 0) peer_.reset();  // QEMU has ended; its process and libvirt tell how
    if (n <= 0) return false;
    decoder_.feed({buffer, static_cast<std::size_t>(n)});
    taken += static_cast<std::size_t>(n);
  }
  return static_cast<bool>(peer_);
}

void AgentLink::send(agent::Type type, std::string_view payload, int level) {
  const std::string bytes =
      agent::encode({type, static_cast<std::uint8_t>(level), std::string(payload)});
  constexpr std::size_t kMost = 1 << 20;
  if (peer_ && unsent_.size() + bytes.size() <= kMost) unsent_ += bytes;
  flush();
}

void AgentLink::flush() {
  while (peer_ && !unsent_.empty()) {
    const ssize_t n =
        ::send(peer_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;  // receive() finds out why
    unsent_.erase(0, static_cast<std::size_t>(n));
  }
}

short AgentLink::events() const {
  return peer_ && !unsent_.empty() ? POLLIN | POLLOUT : POLLIN;
}

}  // namespace kproof::run
