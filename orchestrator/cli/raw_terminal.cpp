#include "cli/raw_terminal.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/error.hpp"
#include "util/starting.hpp"

namespace kproof::cli {

// A terminal that is not its own's may be set by anybody, and no signal of its keys comes.
[[noreturn]] static void wait_and_restore(int alive, const termios& saved) {
  ::setsid();
  char orderly = 0;
  ssize_t n = 0;
  while ((n = ::read(alive, &orderly, 1)) < 0 && errno == EINTR) {
  }
  if (n == 0) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &saved);
  ::_exit(0);
}

RawTerminal::RawTerminal() {
  if (!::isatty(STDIN_FILENO) || !::isatty(STDOUT_FILENO) ||
      ::tcgetattr(STDIN_FILENO, &saved_) != 0)
    throw ConfigError("a shell needs a terminal, and standard input or output is none",
                      "`kproof exec KERNEL -- COMMAND` runs a command without one");
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw HostError(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  alive_.reset(ends[1]);
  const util::Fd theirs(ends[0]);
  const std::lock_guard lock(util::starting());
  child_ = ::fork();
  if (child_ != 0) return;
  ::close(alive_.get());
  wait_and_restore(theirs.get(), saved_);
}

RawTerminal::~RawTerminal() {
  restore();
  (void)!::write(alive_.get(), "x", 1);
  if (child_ > 0) ::waitpid(child_, nullptr, 0);
}

void RawTerminal::enter() {
  termios raw = saved_;
  ::cfmakeraw(&raw);
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
}

void RawTerminal::restore() {
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &saved_);
}

}  // namespace kproof::cli
