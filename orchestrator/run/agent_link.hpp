// Our end of the agent's port: a socket that QEMU connects to when it starts.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

#include "agent/frame.hpp"
#include "util/fd.hpp"

namespace kproof::run {

// Who may be at the other end. Whoever is there is the agent, and may pass any cell.
struct Peer {
  pid_t pid = 0;
  uid_t uid = 0;
};
// Pure. With a QEMU of our own, the process `qemu` and nobody else. With a daemon's (0), whose pid
// we cannot know for sure, a process of ours, of root, or of the user that daemons run QEMU as.
bool may_be_agent(const Peer& peer, pid_t qemu, uid_t own, const std::vector<uid_t>& qemu_users);

class AgentLink {
 public:
  // Listens at `path` (at most 107 bytes). HostError when it cannot. Where a daemon runs QEMU as
  // another user, `others` lets that connect; else only our own user can.
  explicit AgentLink(const std::filesystem::path& path, bool others = false);
  ~AgentLink();  // removes the path
  AgentLink(const AgentLink&) = delete;
  AgentLink& operator=(const AgentLink&) = delete;

  // Known once QEMU was started, and before the first receive(); 0 with a daemon's.
  void expect(pid_t qemu) { qemu_ = qemu; }
  // "" or who connected that may not; nothing of it was read.
  const std::string& intruder() const { return intruder_; }

  // What to poll for reading: the listening socket, then the connection; -1 once that has ended.
  int fd() const { return peer_ ? peer_.get() : listener_.get(); }
  // Takes what has arrived, without blocking. Frames are then in decoder(). False when there was
  // nothing more.
  bool receive();
  agent::Decoder& decoder() { return decoder_; }
  // What the guest does not take at once goes with flush(), when poll() tells that it may. A guest
  // that reads nothing at all is found out by its deadline; beyond a megabyte no more is kept.
  void send(agent::Type type, std::string_view payload = {}, int level = 1);
  void flush();
  short events() const;  // to poll fd() for

 private:
  void accept_peer();

  std::filesystem::path path_;
  util::Fd listener_, peer_;
  pid_t qemu_ = 0;
  std::string intruder_;
  agent::Decoder decoder_;
  std::string unsent_;
};

}  // namespace kproof::run
