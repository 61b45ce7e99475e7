// A request to stop, seen by every thread that waits: Ctrl-C, or a disk that is full.
#pragma once

#include <sys/eventfd.h>

#include "util/fd.hpp"

namespace kproof::run {

class StopRequest {
 public:
  StopRequest() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  void request() noexcept { ::eventfd_write(fd_.get(), 1); }  // safe in signal handlers
  int fd() const noexcept { return fd_.get(); }               // readable for ever once requested

 private:
  util::Fd fd_;
};

}  // namespace kproof::run
