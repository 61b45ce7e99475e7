// The agent's virtio-serial port.
#pragma once

#include <string>
#include <string_view>

#include "agent/frame.hpp"

namespace kproof::guest {

class Port {
 public:
  // Loads modules of the manifest until virtio_console is there, then waits for the host to show
  // the port: by uevent, not by polling. `next_module` is left behind the last one loaded. "" in
  // `problem` on success.
  static Port open(std::size_t& next_module, std::string& problem);

  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  // Blocks until the host has taken the bytes; false when the port is gone.
  bool send(agent::Type type, std::string_view payload = {}, int level = 1);
  // False when the host has closed its end.
  bool receive(agent::Decoder& decoder);
  // Why the last of these failed; "" while none did.
  const std::string& problem() const { return problem_; }

 private:
  bool fail(const char* what);

  int fd_ = -1;
  std::string problem_;
};

}  // namespace kproof::guest
