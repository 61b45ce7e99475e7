// The case's process.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace kproof::guest {

// Runs in a session of its own, stdin empty, stdout and stderr through pipes that we read.
struct Program {
  pid_t pid = -1;
  int out = -1, err = -1;  // read ends; -1 when closed
};

using Environment = std::vector<std::pair<std::string, std::string>>;

// A child's ends; -1 of `in` is an empty input.
struct Streams {
  int in = -1, out = -1, err = -1;
};

struct Birth {
  const std::vector<std::string>& argv;  // argv[0] without a slash is searched in PATH
  const Environment& environment;
  Streams streams;
  std::string root = {};  // what it sees as /; "": what we do
  std::string directory = "/tmp";
  bool terminal = false;  // `in` is its controlling terminal
};

// What a child of ours does to become the program, in a session of its own. One that cannot be
// executed exits with 127 and says so.
[[noreturn]] void become(const Birth& birth);

// "" or why it could not be started; a program that cannot be executed exits with 127 and says so.
// `prepare` runs in the child before the program does; what it returns, if not "", ends it.
std::string start(const std::vector<std::string>& argv, const Environment& environment,
                  Program& program, std::string (*prepare)() = nullptr);

}  // namespace kproof::guest
