// Waits for saves in a source tree, in a thread of its own, while a run goes on.
#pragma once

#include <chrono>
#include <exception>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "desk/saves.hpp"
#include "desk/tree_watch.hpp"
#include "run/stop.hpp"
#include "source/snapshot.hpp"
#include "util/fd.hpp"

namespace kproof::cli {

// The files of the tree at one time, that are not those of the time before.
struct State {
  source::Snapshot taken;
  std::vector<std::string> saved;                  // since the state before
  std::chrono::steady_clock::time_point saved_at;  // the first of them
};

class Saver {
 public:
  // `kernels` of the cache. Watches before it looks, so that no save is missed.
  Saver(const std::filesystem::path& root, std::filesystem::path kernels);
  ~Saver();
  Saver(const Saver&) = delete;
  Saver& operator=(const Saver&) = delete;

  // The newest state that was not handed out yet: of the first call the tree as it is, then the
  // next that differs. Nothing once `stop_fd` is readable. What went wrong in the thread is thrown.
  std::optional<State> wait(int stop_fd);
  // `round` is asked to stop when a newer state is there; nullptr when none runs.
  void interrupts(run::StopRequest* round);
  std::size_t directories() const { return watch_.directories(); }

 private:
  void run();
  void take(desk::Saves::Save save);

  const std::filesystem::path root_, kernels_;
  desk::TreeWatch watch_;
  run::StopRequest quit_;
  util::Fd news_;  // an eventfd: there is a state to hand out
  std::mutex mutex_;
  std::optional<State> state_;
  std::string commit_;  // of the last state that was made
  std::exception_ptr failed_;
  run::StopRequest* round_ = nullptr;
  std::thread thread_;  // last
};

}  // namespace kproof::cli
