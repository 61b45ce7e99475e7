#include "run/visitor.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace kproof::run {
using agent::Type;

Visitor::Visitor(Setup setup) : setup_(std::move(setup)), stream_(setup_.terminal) {}

agent::WindowSize Visitor::size_of_terminal() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
    return {};
  return {size.ws_row, size.ws_col};
}

void Visitor::take(const agent::Frame& frame) {
  std::string ignored;  // the session ends a guest whose agent talks nonsense
  if (frame.type == Type::case_started) {
    runs_ = true;
    setup_.on_begin();
    // It may have changed since the job was written.
    if (setup_.terminal) stream_.resize(size_of_terminal());
  }
  if (frame.type == Type::case_stdout) stream_.print(VisitStream::to_stdout, frame.payload);
  if (frame.type == Type::case_stderr) stream_.print(VisitStream::to_stderr, frame.payload);
  if (frame.type == Type::input_taken) stream_.input_taken();
  if (frame.type == Type::case_ended) {
    ended_ = agent::parse_case_ended(frame.payload, ignored);
    end();
  }
}

std::array<pollfd, 4> Visitor::fds() const {
  const auto waits = [&](VisitStream::Output to) { return !stream_.unprinted(to).empty(); };
  const bool reads = runs_ && setup_.input && stream_.room() > 0;
  return {{{reads ? STDIN_FILENO : -1, POLLIN, 0},
           {waits(VisitStream::to_stdout) ? STDOUT_FILENO : -1, POLLOUT, 0},
           {waits(VisitStream::to_stderr) ? STDERR_FILENO : -1, POLLOUT, 0},
           {runs_ ? setup_.resized : -1, POLLIN, 0}}};
}

std::vector<agent::Frame> Visitor::serve() {
  auto ready = fds();
  if (::poll(ready.data(), ready.size(), 0) <= 0) return stream_.take_frames();
  // First: what is typed into a window that has another size is meant for that.
  signalfd_siginfo info{};
  if (ready[3].revents && ::read(setup_.resized, &info, sizeof info) > 0)
    stream_.resize(size_of_terminal());
  if (ready[0].revents) read_input();
  if (ready[1].revents) write_output(VisitStream::to_stdout, false);
  if (ready[2].revents) write_output(VisitStream::to_stderr, false);
  return stream_.take_frames();
}

void Visitor::read_input() {
  std::array<char, agent::kInputPiece> buffer{};
  const ssize_t n = ::read(STDIN_FILENO, buffer.data(), std::min(buffer.size(), stream_.room()));
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (n > 0) return stream_.type({buffer.data(), static_cast<std::size_t>(n)});
  stream_.end_input();
  gone_ |= setup_.terminal;
}

// A pipe that is ready takes PIPE_BUF bytes without waiting; a terminal what it has room for. The
// streams stay as they are, as they are also others': without O_NONBLOCK.
void Visitor::write_output(VisitStream::Output to, bool wait) {
  constexpr std::size_t kPiece = 4096;  // PIPE_BUF
  const int fd = to == VisitStream::to_stdout ? STDOUT_FILENO : STDERR_FILENO;
  do {
    const std::string& bytes = stream_.unprinted(to);
    const ssize_t n = ::write(fd, bytes.data(), std::min(bytes.size(), kPiece));
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n < 0) gone_ = true;
    stream_.printed(to, n < 0 ? bytes.size() : static_cast<std::size_t>(n));
  } while (wait && !stream_.unprinted(to).empty());
}

void Visitor::end() {
  if (!std::exchange(runs_, false)) return;
  write_output(VisitStream::to_stdout, true);
  write_output(VisitStream::to_stderr, true);
  setup_.on_end();
}

}  // namespace kproof::run
