// A command of a user's (agent::Visit): what it sees of the host, its streams, and how much of them
// may be on its way.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "agent/messages.hpp"
#include "port.hpp"
#include "program.hpp"

namespace kproof::guest {

class Visit {
 public:
  explicit Visit(agent::Visit asked) : asked_(std::move(asked)) {}

  // Mounts the host's files where it can, and starts the command there; "" or why it could not be.
  // What could not be mounted is among problems(), and the command runs in the image.
  std::string start(const std::vector<std::string>& argv, const Environment& environment,
                    Program& program);
  const std::vector<std::string>& problems() const { return problems_; }

  // "" is the end of the input.
  void take_input(const std::string& bytes);
  // To poll for writing; -1 while nothing waits.
  int input_fd() const { return waiting_.empty() ? -1 : in_; }
  // Writes what the command takes, and tells the host of each piece that is gone. A command that
  // reads no more takes all.
  void write_input(Port& port);
  void resize(const agent::WindowSize& size) const;

  // The user has not seen so much of the output yet that no more may be sent.
  bool may_print() const { return unseen_ < agent::kOutputWindow; }
  void printed(std::size_t bytes) { unseen_ += bytes; }
  void seen(std::size_t bytes) { unseen_ -= bytes < unseen_ ? bytes : unseen_; }

 private:
  void mount_host();
  std::string open_terminal(Streams& streams, Program& program);
  std::string open_pipes(Streams& streams, Program& program);
  bool write_piece();

  const agent::Visit asked_;
  std::vector<std::string> problems_;
  std::string root_, directory_ = "/";  // where the command starts
  int in_ = -1;
  std::deque<std::string> waiting_;
  std::size_t unseen_ = 0;
};

}  // namespace kproof::guest
