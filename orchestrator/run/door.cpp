#include "run/door.hpp"

#include <unistd.h>

#include "run/door_caller.hpp"
#include "run/socket.hpp"

namespace kproof::run {

// Beside it nobody can do more than we have room for: each costs a descriptor.
static constexpr std::size_t kMostCallers = 16;

Door::Door(const std::filesystem::path& path, Room& room) : path_(path), room_(room) {
  if (!path.empty()) listener_ = listen_for_owner(path);
}

Door::~Door() {
  callers_.clear();
  if (listener_) ::unlink(path_.c_str());
}

std::vector<pollfd> Door::fds() const {
  std::vector<pollfd> fds;
  if (callers_.size() < kMostCallers) fds.push_back({listener_.get(), POLLIN, 0});
  for (const auto& caller : callers_)
    for (const pollfd& fd : caller->fds())
      fds.push_back(fd);
  return fds;
}

void Door::accept_callers() {
  while (listener_ && callers_.size() < kMostCallers)
    if (util::Fd peer = accept_owner(listener_))
      callers_.push_back(std::make_unique<DoorCaller>(std::move(peer), *this));
    else
      return;
}

void Door::serve() {
  accept_callers();
  callers_.remove_if([](const auto& caller) { return !caller->serve(); });
}

// What comes for a debugger that has left must not reach the next.
void Door::take(int level, const agent::Frame& frame) {
  if (frame.type == agent::Type::inner_gdb) {
    unsigned& left = left_[level];
    if (frame.payload.empty() && left > 0) --left;
    if (left > 0) return;
  }
  for (const auto& caller : callers_)
    caller->take(level, frame);
}

}  // namespace kproof::run
