#include "visit.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <utility>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kproof::guest {

static constexpr const char* kRoot = "/host";

static std::string mount_share(const std::string& tag, const std::string& where, bool writable,
                               const std::string& cache) {
  const std::string options =
      "trans=virtio,version=9p2000.L,access=any,msize=262144,cache=" + cache;
  if (::mount(tag.c_str(), where.c_str(), "9p", writable ? 0 : MS_RDONLY, options.c_str()) == 0)
    return "";
  return "cannot mount " + tag + ": " + std::strerror(errno);
}

// Makes `directory` below `root` a place to mount on. Where the way there is not open to QEMU's
// user, a tmpfs covers what he may not enter.
static std::string make_way(const std::string& root, const std::string& directory) {
  std::string at = root;
  std::istringstream names(directory.substr(1));
  for (std::string name; std::getline(names, name, '/');) {
    const std::string next = at + "/" + name;
    if (::access(next.c_str(), F_OK) != 0 && ::mkdir(next.c_str(), 0755) != 0 &&
        (::mount("tmpfs", at.c_str(), "tmpfs", 0, "mode=755") != 0 ||
         ::mkdir(next.c_str(), 0755) != 0))
      return "cannot make a place for " + directory + ": " + std::strerror(errno);
    at = next;
  }
  return "";
}

// What the guest has of its own stays so below the host's root.
static void bind_mount(const std::string& from, const std::string& to) {
  ::mount(from.c_str(), to.c_str(), nullptr, MS_BIND | MS_REC, nullptr);
}

// The root is looked at again and again, and does not change under a visit; the directory may, as
// somebody works there.
void Visit::mount_host() {
  if (asked_.root_tag.empty()) return;
  ::mkdir(kRoot, 0755);
  if (const std::string error = mount_share(asked_.root_tag, kRoot, false, "loose");
      !error.empty()) {
    problems_.push_back(error + "; the command runs without the host's files");
    return;
  }
  root_ = kRoot;
  for (const char* own : {"/proc", "/sys", "/dev", "/tmp", "/run"})
    bind_mount(own, root_ + own);
  directory_ = asked_.directory;
  if (asked_.directory_tag.empty()) return;
  std::string error = make_way(root_, directory_);
  if (error.empty())
    error = mount_share(asked_.directory_tag, root_ + directory_, asked_.writable, "mmap");
  if (!error.empty()) problems_.push_back(error);
}

std::string Visit::open_terminal(Streams& streams, Program& program) {
  ::mkdir("/dev/pts", 0755);
  ::mount("devpts", "/dev/pts", "devpts", 0, "mode=620,ptmxmode=666");
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (master < 0 || ::unlockpt(master) != 0)
    return std::string("no pty (CONFIG_UNIX98_PTYS): ") + std::strerror(errno);
  program.out = master;
  in_ = ::fcntl(master, F_DUPFD_CLOEXEC, 0);
  resize(asked_.size);
  streams.in = streams.out = streams.err =
      ::ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  return streams.in < 0 ? std::string("pty: ") + std::strerror(errno) : "";
}

std::string Visit::open_pipes(Streams& streams, Program& program) {
  int in[2] = {-1, -1}, out[2], err[2];
  if ((asked_.input && ::pipe2(in, O_CLOEXEC) != 0) || ::pipe2(out, O_CLOEXEC) != 0 ||
      ::pipe2(err, O_CLOEXEC) != 0)
    return std::string("pipe: ") + std::strerror(errno);
  if (asked_.input) ::fcntl(in[1], F_SETFL, O_NONBLOCK);
  streams = {.in = in[0], .out = out[1], .err = err[1]};
  in_ = in[1];
  program.out = out[0];
  program.err = err[0];
  return "";
}

std::string Visit::start(const std::vector<std::string>& argv, const Environment& environment,
                         Program& program) {
  ::sethostname("kproof", 6);
  Streams streams;
  const std::string error =
      asked_.terminal ? open_terminal(streams, program) : open_pipes(streams, program);
  if (!error.empty()) return error;
  mount_host();  // behind the pty's file system, which is bound into the host's root
  program.pid = ::fork();
  if (program.pid == 0)
    become({.argv = argv,
            .environment = environment,
            .streams = streams,
            .root = root_,
            .directory = directory_,
            .terminal = asked_.terminal});
  for (const int fd : {streams.in, streams.out, streams.err})
    if (fd >= 0) ::close(fd);
  return program.pid < 0 ? std::string("fork: ") + std::strerror(errno) : "";
}

void Visit::take_input(const std::string& bytes) {
  waiting_.push_back(bytes);
}

// False when the command takes no more for now.
bool Visit::write_piece() {
  std::string& piece = waiting_.front();
  const ssize_t n = in_ < 0 || piece.empty() ? 0 : ::write(in_, piece.data(), piece.size());
  if (n < 0 && errno == EINTR) return true;
  if (n < 0 && errno == EAGAIN) return false;
  if (in_ < 0 || n < 0)
    piece.clear();
  else if (piece.empty() && !asked_.terminal)
    ::close(std::exchange(in_, -1));
  else
    piece.erase(0, static_cast<std::size_t>(n));
  return true;
}

void Visit::write_input(Port& port) {
  while (!waiting_.empty() && write_piece()) {
    if (!waiting_.front().empty()) continue;
    waiting_.pop_front();
    port.send(agent::Type::input_taken);
  }
}

void Visit::resize(const agent::WindowSize& size) const {
  const winsize window{size.rows, size.columns, 0, 0};
  if (asked_.terminal) ::ioctl(in_, TIOCSWINSZ, &window);
}

}  // namespace kproof::guest
