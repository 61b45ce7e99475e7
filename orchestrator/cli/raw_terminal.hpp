// The user's terminal while a command in a guest has it: each key goes there, and none is a signal
// to us.
//
// Restored whatever happens: by whoever calls restore(), by the destructor, and where neither has a
// chance, as with kill -9, by a child of ours that waits for our end.
#pragma once

#include <sys/types.h>
#include <termios.h>

#include "util/fd.hpp"

namespace kproof::cli {

class RawTerminal {
 public:
  // To be made before any thread and any file that others are to lose with us. ConfigError where
  // stdin and stdout are no terminal.
  RawTerminal();
  ~RawTerminal();
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;
  void enter();
  void restore();

 private:
  termios saved_{};
  util::Fd alive_;  // the child reads the other end
  pid_t child_ = -1;
};

}  // namespace kproof::cli
