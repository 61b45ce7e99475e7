#include "port.hpp"

#include <cerrno>
#include <cstring>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "system.hpp"

namespace kproof::guest {

// The host has its own, longer deadline for the boot; this one only serves a guest booted by hand
// with virtio-serial and no port of ours.
static constexpr int kPortWaitMs = 30000;

// A socket that becomes readable when the kernel makes a device.
static int open_uevents() {
  const int fd =
      ::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = 1;
  if (fd >= 0) ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
  return fd;
}

// The device node of our port, "" while there is none.
static std::string find_port() {
  const std::string base = "/sys/class/virtio-ports/";
  DIR* dir = ::opendir(base.c_str());
  if (!dir) return "";
  std::string node;
  while (const dirent* entry = ::readdir(dir))
    if (read_line((base + entry->d_name + "/name").c_str()) == agent::kPortName)
      node = std::string("/dev/") + entry->d_name;
  ::closedir(dir);
  return node;
}

static std::string wait_for_port(int uevents) {
  for (;;) {
    const std::string node = find_port();
    if (!node.empty()) return node;
    pollfd readable{uevents, POLLIN, 0};
    if (::poll(&readable, 1, kPortWaitMs) <= 0) return "";
    char event[4096];
    while (::recv(uevents, event, sizeof event, 0) > 0) {
    }
  }
}

static bool is_virtio_console(const std::string& path) {
  return path.find("virtio_console") != std::string::npos ||
         path.find("virtio-console") != std::string::npos;
}

Port Port::open(std::size_t& next_module, std::string& problem) {
  Port port;
  const int uevents = open_uevents();
  const std::vector<std::string> modules = module_manifest();
  std::string errors;
  bool console = false;
  for (; next_module < modules.size() && !console; ++next_module) {
    console = is_virtio_console(modules[next_module]);
    const std::string error = load_module(modules[next_module]);
    if (!error.empty()) errors += "; " + error;
  }
  // Without its driver, loaded or built in, no uevent will ever come.
  const bool driver = console || ::access("/sys/bus/virtio/drivers/virtio_console", F_OK) == 0;
  const std::string node = driver ? wait_for_port(uevents) : "";
  ::close(uevents);
  if (!node.empty()) port.fd_ = ::open(node.c_str(), O_RDWR | O_CLOEXEC);
  if (!port.is_open())
    problem = driver ? "no virtio-serial port named " + std::string(agent::kPortName) + errors
                     : "the kernel has no virtio_console, built in or as a module" + errors;
  return port;
}

bool Port::fail(const char* what) {
  problem_ = std::string("its port is gone: ") + what;
  return false;
}

bool Port::send(agent::Type type, std::string_view payload, int level) {
  const std::string bytes =
      agent::encode({type, static_cast<std::uint8_t>(level), std::string(payload)});
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t n = ::write(fd_, bytes.data() + at, bytes.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return fail(std::strerror(errno));
    at += static_cast<std::size_t>(n);
  }
  return true;
}

bool Port::receive(agent::Decoder& decoder) {
  char buffer[4096];
  const ssize_t n = ::read(fd_, buffer, sizeof buffer);
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  if (n < 0) return fail(std::strerror(errno));
  if (n == 0) return fail("the other end closed it");
  decoder.feed({buffer, static_cast<std::size_t>(n)});
  return true;
}

}  // namespace kproof::guest
