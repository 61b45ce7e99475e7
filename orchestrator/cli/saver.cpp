#include "cli/saver.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>

#include "util/error.hpp"
#include "util/git.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;
using std::chrono::steady_clock;

Saver::Saver(const fs::path& root, fs::path kernels)
    : root_(root),
      kernels_(std::move(kernels)),
      watch_(root),
      news_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  take({{}, steady_clock::now()});
  if (failed_) std::rethrow_exception(failed_);
  thread_ = std::thread([this] { run(); });
}

Saver::~Saver() {
  quit_.request();
  if (thread_.joinable()) thread_.join();
}

// How long poll() may wait for the end of a save; -1: for ever.
static int patience(const desk::Saves& saves) {
  const auto over = saves.over_at();
  if (!over) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*over - steady_clock::now());
  return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

void Saver::run() {
  desk::Saves saves;
  for (;;) {
    std::array<pollfd, 2> fds{{{watch_.fd(), POLLIN, 0}, {quit_.fd(), POLLIN, 0}}};
    ::poll(fds.data(), fds.size(), patience(saves));
    if (fds[1].revents != 0) return;
    try {
      for (std::string& file : watch_.read())
        saves.add(std::move(file), steady_clock::now());
    } catch (...) {  // a directory more than may be watched
      const std::lock_guard lock(mutex_);
      failed_ = std::current_exception();
      ::eventfd_write(news_.get(), 1);
      return;
    }
    if (auto save = saves.take(steady_clock::now())) take(std::move(*save));
  }
}

// A file that was saved as it was before changes nothing, and ends no run.
void Saver::take(desk::Saves::Save save) {
  std::optional<State> made;
  std::exception_ptr failed;
  try {
    source::Snapshot taken = source::take_snapshot(
        root_, kernels_, [](std::string_view) {}, quit_.fd());
    if (taken.commit == commit_) return;
    std::vector<std::string> differ =
        commit_.empty() ? taken.changed
                        : util::files_that_differ(taken.repository, commit_, taken.commit);
    made = State{std::move(taken), std::move(differ), save.began};
  } catch (...) {
    failed = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  failed_ = failed;
  if (made) commit_ = made->taken.commit;
  if (made && state_) made->saved_at = state_->saved_at;  // nobody has seen that one yet
  if (made) state_ = std::move(made);
  if (round_ != nullptr && state_) round_->request();
  ::eventfd_write(news_.get(), 1);
}

std::optional<State> Saver::wait(int stop_fd) {
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      eventfd_t seen = 0;
      ::eventfd_read(news_.get(), &seen);
      if (failed_) std::rethrow_exception(std::exchange(failed_, nullptr));
      if (state_) return std::exchange(state_, std::nullopt);
    }
    std::array<pollfd, 2> fds{{{news_.get(), POLLIN, 0}, {stop_fd, POLLIN, 0}}};
    ::poll(fds.data(), fds.size(), -1);
    if (fds[1].revents != 0) return std::nullopt;
  }
}

void Saver::interrupts(run::StopRequest* round) {
  const std::lock_guard lock(mutex_);
  round_ = round;
  if (round_ != nullptr && state_) round_->request();
}

}  // namespace kproof::cli
