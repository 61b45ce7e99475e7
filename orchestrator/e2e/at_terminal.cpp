#include "e2e/at_terminal.hpp"

#include <doctest/doctest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kproof::e2e {
namespace fs = std::filesystem;

[[noreturn]] static void become(std::vector<std::string> arguments, const fs::path& directory) {
  ::setenv("SHELL", "/bin/bash", 1);
  ::setenv("TERM", "xterm", 1);
  arguments.insert(arguments.begin(), KPROOF_PROGRAM);
  std::vector<char*> argv;
  for (std::string& word : arguments)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  if (::chdir(directory.c_str()) == 0) ::execv(argv[0], argv.data());
  ::_exit(127);
}

AtTerminal::AtTerminal(const std::vector<std::string>& arguments, const fs::path& directory) {
  pid_ = ::forkpty(&terminal_, nullptr, nullptr, nullptr);
  if (pid_ == 0) become(arguments, directory);
  REQUIRE(pid_ > 0);
  ::tcgetattr(terminal_, &before_);
}

AtTerminal::~AtTerminal() {
  if (!ended_) ::kill(pid_, SIGKILL);
  if (!ended_) ::waitpid(pid_, nullptr, 0);
  ::close(terminal_);
}

void AtTerminal::types(const std::string& keys) const {
  REQUIRE(::write(terminal_, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
}

void AtTerminal::resizes(unsigned short rows, unsigned short columns) const {
  const winsize size{rows, columns, 0, 0};
  REQUIRE(::ioctl(terminal_, TIOCSWINSZ, &size) == 0);
}

bool AtTerminal::shows(const std::string& text, Clock::duration deadline) {
  for (const auto end = Clock::now() + deadline; read_until(end);)
    if (const auto at = screen_.find(text, seen_); at != std::string::npos) {
      seen_ = at + text.size();
      return true;
    }
  MESSAGE("not shown: ", text, "\non the terminal:\n", screen_);
  return false;
}

bool AtTerminal::is_raw() const {
  return !(settings().c_lflag & ICANON);
}

bool AtTerminal::is_as_before() const {
  const termios now = settings();
  return now.c_iflag == before_.c_iflag && now.c_oflag == before_.c_oflag &&
         now.c_lflag == before_.c_lflag && now.c_cflag == before_.c_cflag;
}

int AtTerminal::waits() {
  while (read_until(Clock::now() + kBoot)) {
  }
  int status = 0;
  REQUIRE(::waitpid(pid_, &status, 0) == pid_);
  ended_ = true;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

termios AtTerminal::settings() const {
  termios now{};
  ::tcgetattr(terminal_, &now);
  return now;
}

bool AtTerminal::read_until(Clock::time_point end) {
  pollfd ready{terminal_, POLLIN, 0};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
  if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0) return false;
  char buffer[4096];
  const ssize_t n = ::read(terminal_, buffer, sizeof buffer);
  if (n > 0) screen_.append(buffer, static_cast<std::size_t>(n));
  return n > 0;
}

}  // namespace kproof::e2e
