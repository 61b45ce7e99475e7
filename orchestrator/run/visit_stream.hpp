// What goes between a user and the command that he runs in a guest (agent::Job::visit): how much of
// it may be on its way, and which of his keys are for us. Pure; visitor.hpp reads and writes.
//
// Promises, in the order of visit_stream_test.cpp:
//  1. All bytes arrive in their order, however they are cut, and the end of the input behind them.
//  2. Of input no more is read than agent::kInputWindow that is not answered.
//  3. What has reached the user is told to the agent, all of it and nothing else.
//  4. At a terminal "~." at the beginning of a line ends the visit, as ssh has it, whatever hangs.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "agent/frame.hpp"
#include "agent/messages.hpp"

namespace kproof::run {

class VisitStream {
 public:
  enum Output { to_stdout, to_stderr };

  // `terminal`: the input is what somebody types.
  explicit VisitStream(bool terminal) : terminal_(terminal) {}

  // Bytes of input that may be read now; 0 behind its end.
  std::size_t room() const;
  void type(std::string_view bytes);
  void end_input();
  void resize(const agent::WindowSize& size);
  // "~." was typed.
  bool left() const { return left_; }

  // `input_taken` came.
  void input_taken();
  void print(Output to, std::string_view bytes) { unprinted_[to] += bytes; }
  const std::string& unprinted(Output to) const { return unprinted_[to]; }
  void printed(Output to, std::size_t bytes);

  // For the agent, since the last time.
  std::vector<agent::Frame> take_frames();

 private:
  std::string without_escapes(std::string_view bytes);

  const bool terminal_;
  enum class Escape { line_begins, tilde, none } escape_ = Escape::line_begins;
  bool left_ = false, ended_ = false;
  std::deque<std::size_t> unanswered_;  // bytes of each `input`
  std::size_t on_its_way_ = 0;          // all of them
  std::size_t printed_ = 0;             // and not told yet
  std::array<std::string, 2> unprinted_;
  std::vector<agent::Frame> frames_;
};

}  // namespace kproof::run
