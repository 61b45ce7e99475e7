#include "run/console_tail.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace kproof::run {

ConsoleTail::ConsoleTail(std::filesystem::path path)
    : path_(std::move(path)),
      analyzer_({.stamps = console::Stamps::required}),
      buffer_(1 << 20, '\0') {}

ConsoleSaw ConsoleTail::look() {
  if (!fd_) fd_.reset(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  for (ssize_t n = 1; fd_ && n > 0;) {
    n = ::read(fd_.get(), buffer_.data(), buffer_.size());
    if (n <= 0) break;
    analyzer_.feed({buffer_.data(), static_cast<std::size_t>(n)});
    bytes_ += static_cast<std::size_t>(n);
  }
  const console::Facts facts = analyzer_.facts();
  return {facts.panicked, facts.power_down, facts.restarting, bytes_, facts.agent_problem};
}

}  // namespace kproof::run
