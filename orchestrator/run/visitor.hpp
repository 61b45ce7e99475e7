// The user at his end of a visit: his standard streams, and the size of his terminal. What he sees
// and types goes through VisitStream; here it is read and written.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <vector>

#include <poll.h>

#include "run/visit_stream.hpp"

namespace kproof::run {

class Visitor {
 public:
  struct Setup {
    bool terminal = false;  // stdin and stdout are one
    bool input = false;     // stdin is read
    int resized = -1;       // readable when its size has changed: a signalfd, borrowed
    std::function<void()> on_begin = [] {}, on_end = [] {};  // of the command, once each
  };
  explicit Visitor(Setup setup);
  // Tells of the end, if nobody has.
  ~Visitor() { end(); }
  Visitor(const Visitor&) = delete;
  Visitor& operator=(const Visitor&) = delete;

  static agent::WindowSize size_of_terminal();

  // Of the agent of the command's level, once it is known to have its place.
  void take(const agent::Frame& frame);
  // To poll beside all else.
  std::array<pollfd, 4> fds() const;
  // Reads and writes what can be without waiting; returns what the agent is to be sent.
  std::vector<agent::Frame> serve();
  // The command runs no more: all of its output is written, however long that takes.
  void end();

  // He has had enough ("~."), or is not there any more: nobody reads, or the terminal is gone.
  bool left() const { return gone_ || stream_.left(); }
  // How the command ended; nothing while it has not.
  const std::optional<agent::CaseEnded>& ended() const { return ended_; }

 private:
  void read_input();
  void write_output(VisitStream::Output to, bool wait);

  const Setup setup_;
  VisitStream stream_;
  bool runs_ = false, gone_ = false;
  std::optional<agent::CaseEnded> ended_;
};

}  // namespace kproof::run
