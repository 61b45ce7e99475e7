#include "util/subprocess.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read.hpp>
#include <boost/process.hpp>
#include <boost/process/async.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/posix.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "util/error.hpp"
#include "util/fd.hpp"
#include "util/starting.hpp"

namespace kproof::util {
namespace bp = boost::process;
namespace asio = boost::asio;

// One output stream of the program, read until end of file; only the first bytes are kept. No other
// program gets an end of its pipe, as one of Boost.Process's would leave them to all.
class Capture {
 public:
  Capture(asio::io_context& io, const Command& command) : source_(io), command_(command) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
      throw HostError(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
    source_.assign(ends[0]);
    sink_.reset(ends[1]);
  }
  auto bound_to(int stream) const { return bp::posix::fd.bind(stream, sink_.get()); }
  void start(const std::function<void()>& on_end) {
    sink_.reset();
    source_.async_read_some(
        asio::buffer(buffer_), [this, on_end](boost::system::error_code error, std::size_t n) {
          text.append(buffer_, std::min(n, command_.output_limit - text.size()));
          if (command_.on_output && n > 0) command_.on_output({buffer_, n});
          error ? on_end() : start(on_end);
        });
  }
  std::string text;

 private:
  asio::posix::stream_descriptor source_;
  Fd sink_;
  const Command& command_;
  char buffer_[1 << 15];
};

std::string search_path(const std::string& program) {
  return bp::search_path(program).string();
}

static std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const std::string path = search_path(name);
  if (path.empty())
    throw HostError(fmt::format("{}: no such program in PATH", name),
                    "`kproof doctor` lists what to install");
  return path;
}

// Ends the whole group, whatever became of its leader.
static void kill_group(bp::group& group) noexcept {
  if (group.valid()) ::kill(-group.native_handle(), SIGKILL);
}

// Whether the program ends in time. End of file on its pipes does not say so: xz, gzip and all that
// use gnulib close theirs and check for errors before they exit.
static bool ends_by(pid_t pid, std::chrono::steady_clock::time_point deadline) {
  using namespace std::chrono;
  const Fd program(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!program) throw HostError(fmt::format("pidfd_open: {}", std::strerror(errno)));
  for (;;) {
    const auto left = ceil<milliseconds>(deadline - steady_clock::now()).count();
    pollfd ended{.fd = program.get(), .events = POLLIN, .revents = 0};
    const int ready = ::poll(&ended, 1, static_cast<int>(std::max<decltype(left)>(left, 0)));
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

static void wait_and_decode(bp::child& child, CommandResult& result) {
  std::error_code ignored;
  child.wait(ignored);
  const int status = child.native_exit_code();
  if (WIFSIGNALED(status))
    result.signal = WTERMSIG(status);
  else
    result.exit_code = WEXITSTATUS(status);
}

// Runs in the child, between fork and exec. Without it a program would outlive a kproof that is
// killed, and would start deaf to the signals that kproof takes through a signalfd.
static void tie_to(pid_t parent, const Command& command) noexcept {
  for (const int fd : command.keep_open)
    ::fcntl(fd, F_SETFD, 0);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  // Before the prctl: a change of user takes that back.
  if (command.user && !become(*command.user)) ::_exit(127);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // it died before the prctl
}

namespace {
// Asks the group to end when `fd` is readable; nothing without an fd.
class StopWatch {
 public:
  StopWatch(asio::io_context& io, int fd) : descriptor_(io) {
    if (fd >= 0) descriptor_.assign(::dup(fd));
  }
  void start(bp::group& group, std::chrono::steady_clock::time_point& deadline) {
    if (!descriptor_.is_open()) return;
    descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                           [this, &group, &deadline](boost::system::error_code error) {
                             if (error) return;
                             stopped = true;
                             if (group.valid()) ::kill(-group.native_handle(), SIGTERM);
                             deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
                           });
  }
  // Else the wait alone would keep the loop from ending.
  void cancel() {
    if (descriptor_.is_open()) descriptor_.close();
  }
  bool stopped = false;

 private:
  asio::posix::stream_descriptor descriptor_;
};
}  // namespace

// Longest names first: Boost 1.74 compares a name with all entries that are there, and reads beyond
// the end of one that is shorter.
static bp::environment environment_of(const Command& command) {
  std::map<std::string, std::string> wanted;
  if (command.inherit == Command::Inherit::all)
    for (const auto& entry : boost::this_process::environment())
      wanted[entry.get_name()] = entry.to_string();
  else
    for (const std::string_view name : kPlainEnvironment)
      if (const char* value = std::getenv(name.data())) wanted[std::string(name)] = value;
  for (const auto& [name, value] : command.environment)
    wanted[name] = value;
  std::vector<std::pair<std::string, std::string>> sorted(wanted.begin(), wanted.end());
  std::ranges::stable_sort(sorted, std::ranges::greater(),
                           [](const auto& entry) { return entry.first.size(); });
  bp::environment environment;
  for (const auto& [name, value] : sorted)
    environment[name] = value;
  return environment;
}

CommandResult run(const Command& command) {
  const auto program = find_program(command.argv.at(0));
  if (command.user)
    if (const std::string why = why_not_become(*command.user); !why.empty())
      throw HostError(
          fmt::format("cannot run {} as user {}: {}", command.argv[0], command.user->uid, why));
  asio::io_context io;
  Capture out(io, command), err(io, command);
  StopWatch stop(io, command.stop_fd);
  bp::group group;
  std::error_code error;
  std::unique_lock lock(starting());
  bp::child child(
      program, bp::args(std::vector(command.argv.begin() + 1, command.argv.end())),
      bp::start_dir(command.directory.empty() ? "." : command.directory.string()),
      environment_of(command), bp::std_in < bp::null, out.bound_to(STDOUT_FILENO),
      err.bound_to(STDERR_FILENO), group, error,
      bp::extend::on_exec_setup = [self = ::getpid(), &command](auto&) { tie_to(self, command); });
  lock.unlock();
  if (error)
    throw HostError(fmt::format("cannot run {}: {}", shell_quote(command.argv), error.message()));

  auto deadline = std::chrono::steady_clock::now() + command.deadline;
  int open = 2;
  const auto closed = [&] {
    if (--open == 0) stop.cancel();
  };
  out.start(closed);
  err.start(closed);
  stop.start(group, deadline);
  while (!io.stopped() && std::chrono::steady_clock::now() < deadline)
    io.run_one_until(deadline);
  CommandResult result;
  const bool late = !io.stopped() || !ends_by(child.id(), deadline);
  result.stopped = stop.stopped;
  result.timed_out = late && !stop.stopped;
  kill_group(group);  // at the deadline, or what the program left behind with our pipes closed
  wait_and_decode(child, result);
  result.out = std::move(out.text);
  result.err = std::move(err.text);
  return result;
}

static std::string last_lines(const std::string& text, int count) {
  std::size_t begin = text.size();
  while (begin > 0 && count >= 0)
    if (text[--begin] == '\n' && begin + 1 != text.size()) --count;
  return text.substr(begin == 0 ? 0 : begin + 1);
}

void require_not_stopped(const CommandResult& result, std::string_view doing) {
  if (result.stopped) throw Interrupted(fmt::format("interrupted while {}", doing));
}

std::string run_checked(const Command& command) {
  CommandResult result = run(command);
  if (result.ok()) return std::move(result.out);
  const std::string how =
      result.timed_out ? fmt::format("did not end within {}", format_duration(command.deadline))
      : result.signal  ? fmt::format("was killed by signal {}", result.signal)
                       : fmt::format("exited with {}", result.exit_code);
  throw HostError(
      fmt::format("{} {}\n{}", shell_quote(command.argv), how, last_lines(result.err, 5)));
}

std::string shell_quote(const std::vector<std::string>& argv) {
  std::vector<std::string> words;
  for (const std::string& word : argv) {
    const bool plain = !word.empty() && word.find_first_not_of(
                                            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                            "0123456789@%_-+=:,./") == std::string::npos;
    if (plain) {
      words.push_back(word);
      continue;
    }
    std::string quoted = "'";
    for (const char c : word)
      c == '\'' ? quoted.append("'\\''") : quoted.append(1, c);
    words.push_back(quoted + "'");
  }
  return fmt::format("{}", fmt::join(words, " "));
}

}  // namespace kproof::util
