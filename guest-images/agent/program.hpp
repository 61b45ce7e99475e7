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

// "" or why it could not be started; a program that cannot be executed exits with 127 and says so.
std::string start(const std::vector<std::string>& argv, const Environment& environment,
                  Program& program);

}  // namespace kproof::guest
