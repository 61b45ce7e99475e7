// Runs jobs, several at once where the host has room.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "resources/gate.hpp"

namespace kproof::resources {

struct Job {
  Waiting waiting;                                      // `overtaken` is counted by run_all()
  std::function<void()> work;                           // in a thread of its own; must not throw
  std::function<void(const std::string& why)> give_up;  // instead of it, in the caller's thread
};

// Each as soon as `gate` lets it; its thread is joined when it has ended. Returns when all have
// ended or were given up; once `stop_fd` is readable no more are started, and those that run are
// waited for.
void run_all(std::vector<Job> jobs, Gate& gate, int stop_fd);

}  // namespace kproof::resources
