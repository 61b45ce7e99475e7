#include "suite/child.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "lib/ktap.hpp"
#include "lib/safe.hpp"

namespace kproof::suite {
using lib::safe::check;

struct Ends {
  int ours = -1, theirs = -1;
};

static Ends make_pipe() {
  int fds[2];
  check(::pipe2(fds, O_CLOEXEC), "pipe2");
  return {fds[0], fds[1]};
}

// A guest that holds nothing else has no /dev/pts yet.
static int open_terminal() {
  int fd = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd >= 0 && ::ptsname(fd) && ::access(::ptsname(fd), R_OK) == 0) return fd;
  if (fd >= 0) ::close(fd);
  if (::getpid() == 1 || ::mkdir("/dev/pts", 0755) != 0) return -1;
  if (::mount("devpts", "/dev/pts", "devpts", 0, "ptmxmode=666") != 0) return -1;
  fd = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  return fd;
}

// As bytes: no echo, no "\r\n".
static Ends make_stdout() {
  const int ours = open_terminal();
  if (ours < 0) return make_pipe();
  ::unlockpt(ours);
  const int theirs = ::open(::ptsname(ours), O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (theirs < 0) {
    ::close(ours);
    return make_pipe();
  }
  termios mode{};
  ::tcgetattr(theirs, &mode);
  ::cfmakeraw(&mode);
  ::tcsetattr(theirs, TCSANOW, &mode);
  return {ours, theirs};
}

// In the child: nothing here may allocate or print.
[[noreturn]] static void become(const std::vector<char*>& argv, const char* directory, int gate,
                                int fault, int out, int err) {
  char go = 0;
  if (::read(gate, &go, 1) != 1) ::_exit(127);  // the parent is gone
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  if (directory) (void)!::chdir(directory);
  ::execv(argv[0], argv.data());
  const int why = errno;
  (void)!::write(fault, &why, sizeof why);
  ::_exit(127);
}

Child::Child(const std::vector<std::string>& argv) {
  std::vector<char*> words;
  for (const std::string& word : argv)
    words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  // kselftest's own runner does so, and some programs start themselves by "./name".
  const std::string directory = argv[0].substr(0, argv[0].rfind('/') + 1);
  int gate[2];
  check(::pipe2(gate, O_CLOEXEC), "pipe2");
  const Ends fault = make_pipe(), out = make_stdout(), err = make_pipe();
  pid_ = check(::fork(), "fork");
  if (pid_ == 0) {
    ::close(gate[1]);
    become(words, directory.empty() ? nullptr : directory.c_str(), gate[0], fault.theirs,
           out.theirs, err.theirs);
  }
  for (const int fd : {gate[0], fault.theirs, out.theirs, err.theirs})
    ::close(fd);
  gate_ = gate[1];
  fault_ = fault.ours;
  out_ = out.ours;
  err_ = err.ours;
}

Child::~Child() {
  for (const int fd : {gate_, fault_, out_, err_})
    if (fd >= 0) ::close(fd);
}

namespace {
// Bytes of one of its streams, as lines.
class Lines {
 public:
  // False at the end of the stream; EIO is a terminal's whose other side is closed.
  bool read(int fd, const std::function<void(const std::string&)>& on_line) {
    char bytes[4096];
    const ssize_t n = ::read(fd, bytes, sizeof bytes);
    if (n < 0 && errno == EINTR) return true;
    for (ssize_t i = 0; i < n; ++i)
      if (bytes[i] == '\n' || bytes[i] == '\r' || line_.size() >= kLongest) {
        on_line(line_);
        line_.clear();
      } else {
        line_ += bytes[i];
      }
    return n > 0;
  }
  // What had no newline.
  void end(const std::function<void(const std::string&)>& on_line) const {
    if (!line_.empty()) on_line(line_);
  }

 private:
  static constexpr std::size_t kLongest = 4096;
  std::string line_;
};
}  // namespace

static Ended wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) return {.signal = WTERMSIG(status)};
  return {.code = WEXITSTATUS(status)};
}

Ended Child::run(const std::function<void(const std::string& line)>& on_line) {
  check(::write(gate_, "g", 1) == 1 ? 0 : -1, "write to the child");
  int why = 0;
  if (::read(fault_, &why, sizeof why) == sizeof why)
    lib::ktap::bail_out("the program cannot be executed: %s", std::strerror(why));
  hear(on_line);
  return wait_for(pid_);
}

// Until it has ended and all that it wrote is read; what it left behind may hold its streams open.
void Child::hear(const std::function<void(const std::string& line)>& on_line) const {
  const int ended = check(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)), "pidfd_open");
  Lines out, err;
  pollfd fds[3] = {{out_, POLLIN, 0}, {err_, POLLIN, 0}, {ended, POLLIN, 0}};
  for (bool over = false; !over || fds[0].revents || fds[1].revents;) {
    if (::poll(fds, 3, over ? 0 : -1) < 0) continue;
    if (fds[0].revents && !out.read(out_, on_line)) fds[0].fd = -1;
    if (fds[1].revents && !err.read(err_, on_line)) fds[1].fd = -1;
    over |= fds[2].revents != 0;
  }
  out.end(on_line);
  err.end(on_line);
  ::close(ended);
}

}  // namespace kproof::suite
