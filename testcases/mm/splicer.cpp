#include "mm/splicer.hpp"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lib/cpu.hpp"
#include "lib/safe.hpp"

namespace kproof::mm {

// False: failed.
static bool splice(const Region& region, std::size_t word, std::uint64_t& value) {
  int pipe[2];
  lib::safe::check(::pipe2(pipe, O_CLOEXEC), "pipe2");
  iovec vector{.iov_base = const_cast<std::uint64_t*>(region.word(word)), .iov_len = sizeof value};
  const bool got = ::vmsplice(pipe[1], &vector, 1, 0) == sizeof value &&
                   ::read(pipe[0], &value, sizeof value) == sizeof value;
  ::close(pipe[0]);
  ::close(pipe[1]);
  return got;
}

Splicer::Splicer(const Region& region, int cpu)
    : expected_(*region.word(0)), thread_([this, &region, cpu](const std::stop_token& stop) {
        if (cpu >= 0) lib::stay_on_cpus({cpu});
        run(stop, region);
      }) {}

void Splicer::end() {
  thread_.request_stop();
  thread_.join();
}

void Splicer::run(const std::stop_token& stop, const Region& region) {
  while (!stop.stop_requested()) {
    std::uint64_t value = 0;
    if (!splice(region, 0, value)) continue;
    ++reads_;
    if (value != expected_ && ++strange_ == 1) first_strange_ = value;
  }
}

}  // namespace kproof::mm
