// What a guest's agent recorded (agent::Trace), as it comes to the host. Names and bytes are the
// guest's: they stay in memory, in bounds, and none becomes the name of a file here.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "agent/frame.hpp"
#include "agent/messages.hpp"
#include "run/failure_watch.hpp"

namespace kproof::run {

class TraceKeeper {
 public:
  // What is wrong at any level stops the recording; that the case ended the agent knows itself.
  void note(const Seen& seen);
  // For the agent, once: why it is to stop.
  std::optional<std::string> take_stop();
  // Of the agent that records.
  void take(const agent::Frame& frame);

  // It was stopped, and not all has come yet.
  bool fetching() const { return (stopped_ || !files_.empty()) && !traced_; }
  const std::map<std::string, std::string>& files() const { return files_; }
  // Nothing while not all has come.
  const std::optional<agent::Traced>& traced() const { return traced_; }

 private:
  std::optional<std::string> unsent_;
  bool stopped_ = false;
  std::size_t bytes_ = 0;
  std::map<std::string, std::string> files_;
  std::optional<agent::Traced> traced_;
};

}  // namespace kproof::run
