// Trace events of this kernel (agent::Trace): recorded from the start of the case to its first
// failure, and the way of what was recorded to the host.
//
// The kernel's own buffer is used and no instance, because only that is stopped by a WARNING
// (kernel.traceoff_on_warning), at the very place.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "agent/failure.hpp"
#include "agent/messages.hpp"
#include "port.hpp"

namespace kproof::guest {

class Trace {
 public:
  explicit Trace(agent::Trace asked) : asked_(std::move(asked)) {}

  // Enables the events; nothing is recorded yet. "" or why not; the host is told what there is.
  std::string prepare(Port& port);
  // Of the case, or of the guest inside.
  void start();
  // What the case printed: its first failure stops the recording.
  void hear(std::string_view output);
  // Once; later words change nothing.
  void stop(const std::string& why);

  // There is more to send.
  bool sends() const { return stopped_ && !said_; }
  void send_piece(Port& port);

 private:
  // A file of which the host gets all. What empties a buffer is read by one page a read().
  struct Source {
    std::string name, path;
    bool pages = false, functions = false;
  };
  void enable(const std::string& pattern);
  void probe(const std::string& function);
  void list_sources();
  bool next_source();
  std::string read_piece();
  void close_source();

  const agent::Trace asked_;
  agent::Traced traced_;
  bool recording_ = false, stopped_ = false, said_ = false;
  agent::FirstFailure failure_;
  std::vector<std::string> enabled_;  // "kvm/kvm_exit"
  std::deque<Source> sources_;
  Source source_;
  int fd_ = -1;
  std::string rest_;  // an unfinished line of the source
  std::size_t sent_ = 0;
};

// "kvm:*" as a pattern of "kvm/kvm_exit"; "kvm" is all of that system. Pure.
bool names_event(const std::string& pattern, const std::string& event);

// A definition for kprobe_events, named by the function as far as names may be. Pure.
std::string kprobe_of(const std::string& function);

// Of a line of kallsyms: is it of a function? Pure.
bool is_function(std::string_view symbol_line);

}  // namespace kproof::guest
