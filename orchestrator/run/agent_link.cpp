#include "run/agent_link.hpp"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "util/error.hpp"

namespace kproof::run {

AgentLink::AgentLink(const std::filesystem::path& path)
    : path_(path), listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = path.string();
  if (name.size() >= sizeof address.sun_path)
    throw HostError(fmt::format("{} is too long for a socket", name));
  std::memcpy(address.sun_path, name.c_str(), name.size());
  if (!listener_ ||
      ::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_.get(), 1) != 0)
    throw HostError(fmt::format("cannot listen at {}: {}", name, std::strerror(errno)));
  ::chmod(name.c_str(),
          0666);  // a daemon's QEMU is another user; the directory's name is the secret
}

AgentLink::~AgentLink() {
  ::unlink(path_.c_str());
}

// At most this much in one turn, so that a chatty guest does not starve its own deadlines.
static constexpr std::size_t kTurn = 4 << 20;

void AgentLink::receive() {
  if (!peer_ && listener_) {
    peer_.reset(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!peer_) return;
    listener_.reset();
  }
  char buffer[1 << 16];
  for (std::size_t taken = 0; peer_ && taken < kTurn;) {
    const ssize_t n = ::read(peer_.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) return peer_.reset();  // QEMU has ended; its process and libvirt tell how
    decoder_.feed({buffer, static_cast<std::size_t>(n)});
    taken += static_cast<std::size_t>(n);
  }
}

void AgentLink::send(agent::Type type, std::string_view payload, int level) {
  const std::string bytes =
      agent::encode({type, static_cast<std::uint8_t>(level), std::string(payload)});
  if (peer_) (void)!::send(peer_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace kproof::run
