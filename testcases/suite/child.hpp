// A program of somebody else's, started and heard to its end.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "suite/conventions.hpp"

namespace kproof::suite {

// Its stdout is a terminal where there can be one, so that it writes each line when it is complete:
// a kernel that dies leaves what was said before. Its stderr is a pipe of its own, so that no line
// of one stands in the middle of one of the other.
class Child {
 public:
  // A process that waits to be let go; the program, an absolute path, will run in its own
  // directory. Bails out where that cannot be had.
  explicit Child(const std::vector<std::string>& argv);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  pid_t pid() const { return pid_; }

  // Lets it become the program, hears each line that it prints, and returns when it has ended.
  // Bails out where the program cannot be executed.
  Ended run(const std::function<void(const std::string& line)>& on_line);

 private:
  void hear(const std::function<void(const std::string& line)>& on_line) const;

  pid_t pid_ = -1;
  int gate_ = -1, fault_ = -1, out_ = -1, err_ = -1;
};

}  // namespace kproof::suite
