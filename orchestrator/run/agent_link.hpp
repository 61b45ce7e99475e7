// Our end of the agent's port: a socket that QEMU connects to when it starts.
#pragma once

#include <filesystem>
#include <string>

#include "agent/frame.hpp"
#include "util/fd.hpp"

namespace kproof::run {

class AgentLink {
 public:
  // Listens at `path` (at most 107 bytes). HostError when it cannot.
  explicit AgentLink(const std::filesystem::path& path);
  ~AgentLink();  // removes the path
  AgentLink(const AgentLink&) = delete;
  AgentLink& operator=(const AgentLink&) = delete;

  // What to poll for reading: the listening socket, then the connection; -1 once that has ended.
  int fd() const { return peer_ ? peer_.get() : listener_.get(); }
  // Takes what has arrived, without blocking. Frames are then in decoder().
  void receive();
  agent::Decoder& decoder() { return decoder_; }
  // Best effort: a guest that does not read is found out by its deadline.
  void send(agent::Type type, std::string_view payload = {}, int level = 1);

 private:
  std::filesystem::path path_;
  util::Fd listener_, peer_;
  agent::Decoder decoder_;
};

}  // namespace kproof::run
