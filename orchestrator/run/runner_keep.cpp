// What is kept of a failure: the memory and the trace of its guest.
#include <array>
#include <chrono>

#include <poll.h>

#include "run/runner_parts.hpp"

namespace kproof::run {
using agent::Type;
using std::chrono::steady_clock;

// What is wrong at any level.
void Runner::watch_failures() {
  if (!job_.core && !job_.trace) return;
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    const std::string console = levels_[i]->console_end();
    failures_.see(i, levels_[i]->reports(), console);
    if (levels_[i]->is_examined()) failures_.see_hang(i);
    if (job_.core) job_.core->hear(static_cast<int>(i) + 1, console);
  }
  for (const Seen& seen : failures_.take_signs()) {
    if (job_.core) job_.core->note(seen, now());
    if (job_.trace) job_.trace->note(seen);
  }
  if (!job_.trace) return;
  if (const auto why = job_.trace->take_stop())
    link_.send(Type::stop_trace, *why, static_cast<int>(job_.traced) + 1);
}

static constexpr const char* kInterrupted = "interrupted";

// "" or why the memory was not read. The guest stands still meanwhile, so nothing of it is awaited.
std::string Runner::read_core(const StopRequest& stop) {
  core_monitor_.emplace(*guest_);
  core_monitor_->dump_memory(job_.core->draft(), true);
  for (;;) {
    std::array<pollfd, 3> fds{{{stop.fd(), POLLIN, 0},
                               {core_monitor_->fd(), POLLIN, 0},
                               {exit_ ? -1 : guest_->process_fd(), POLLIN, 0}}};
    ::poll(fds.data(), fds.size(), -1);
    if (fds[0].revents) return kInterrupted;
    take_process();  // libvirt waits for that
    const auto answer = core_monitor_->take();
    if (!answer) continue;
    const auto reply = qmp::parse_reply(*answer);
    return reply && reply->ok ? "" : reply ? reply->text : *answer;
  }
}

// False on a request to stop. A guest that is over goes next. The file is ours before it is QEMU's
// or libvirt's, so that we may read it.
bool Runner::keep_core(const StopRequest& stop) {
  const Time moment = levels_.front()->over() ? Time::max() : now();
  if (!job_.core || !job_.core->due(moment)) return true;
  job_.core->begin();
  make_file(job_.core->draft());
  const Time began = steady_clock::now();
  const std::string error = read_core(stop);
  job_.core->finish(error);
  clock_.hold(std::chrono::duration_cast<util::Millis>(steady_clock::now() - began));
  return error != kInterrupted;
}

// Of a guest that is over, and whose kernel lives on: what it recorded is on its way.
bool Runner::await_trace(const StopRequest& stop) {
  if (!job_.trace) return true;
  const Time limit = now() + levels_.at(job_.traced)->job().deadlines.poweroff;
  while (job_.trace->fetching() && !exit_ && now() < limit)
    if (!wait(stop)) return false;
  return true;
}

}  // namespace kproof::run
