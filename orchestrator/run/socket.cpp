#include "run/socket.hpp"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "util/error.hpp"

namespace kproof::run {

util::Fd listen_at(const std::filesystem::path& path, mode_t mode, int waiting) {
  util::Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = path.string();
  if (name.size() >= sizeof address.sun_path)
    throw HostError(fmt::format("{} is too long for a socket", name));
  std::memcpy(address.sun_path, name.c_str(), name.size());
  if (!listener ||
      ::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::chmod(name.c_str(), mode) != 0 ||  // nobody can connect before listen()
      ::listen(listener.get(), waiting) != 0)
    throw HostError(fmt::format("cannot listen at {}: {}", name, std::strerror(errno)));
  return listener;
}

util::Fd listen_for_owner(const std::filesystem::path& path) {
  return listen_at(path, 0600, 8);
}

util::Fd accept_owner(const util::Fd& listener) {
  util::Fd peer(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (peer && (::getsockopt(peer.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0 ||
               (credentials.uid != ::geteuid() && credentials.uid != 0)))
    peer.reset();
  return peer;
}

}  // namespace kproof::run
