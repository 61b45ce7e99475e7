// The guest inside this one: its QEMU, its console, and the way from its agent to ours.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <poll.h>

#include "agent/frame.hpp"
#include "agent/messages.hpp"
#include "backing.hpp"
#include "port.hpp"
#include "program.hpp"

namespace kproof::guest {

// Frames of the guest inside go to the host with 1 added to their level; frames about it that are
// made here have level 2. Each is one function that is called when poll() says so.
class Inner {
 public:
  // What its agent's frames tell us, too.
  struct Listener {
    std::function<void()> on_case_started, on_case_ended, on_bye;
  };

  Inner(Port& port, agent::Inner job, Listener listener);

  // Makes its RAM and starts QEMU. "" or why that failed.
  std::string start();
  // What proves the kind of its RAM, as agent::kInnerRamFact has it.
  std::string ram_fact() const;
  // Kills QEMU. ended() is true only once on_child() was told of it.
  void stop();
  // From the host, with the level already taken down.
  void deliver(const agent::Frame& frame);

  // Bytes for its serial console, and for its QEMU's QMP socket. What QEMU says there goes to the
  // host, from its start on; what cannot be sent has no answer.
  void type(std::string_view bytes);
  void ask(std::string_view bytes);
  // For its QEMU's gdb stub, which the host has had opened (ask()); "": the debugger has left.
  void debug(std::string_view bytes);

  pid_t pid() const { return qemu_.pid; }
  bool ended() const { return ended_; }
  // What is still open when QEMU has ended is read to its end and then told, with `status`.
  void on_child(int status);

  static constexpr std::size_t kFds = 8;
  std::array<pollfd, kFds> fds() const;
  void serve(const std::array<pollfd, kFds>& ready);

 private:
  void meet_qemu();
  bool pump(int& fd, agent::Type type);  // false at its end
  void receive();
  void relay(const agent::Frame& frame);

  Port& port_;
  agent::Inner job_;
  Listener listener_;
  Program qemu_;
  Backing ram_;
  int agent_listener_ = -1, agent_ = -1, console_listener_ = -1, console_ = -1, qmp_ = -1,
      gdb_ = -1;
  std::string unasked_;  // for the QMP socket, before there is one
  agent::Decoder decoder_;
  bool nonsense_ = false, ended_ = false;
};

}  // namespace kproof::guest
