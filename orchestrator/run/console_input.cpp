#include "run/console_input.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/files.hpp"

namespace kproof::run {

ConsoleInput::ConsoleInput(const std::filesystem::path& path) : path_(path) {
  if (::mkfifo(path.c_str(), 0666) != 0) throw util::file_error("create", path, errno);
  ::chmod(path.c_str(), 0666);  // a daemon's QEMU is another user, as with the agent's socket
  fd_.reset(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!fd_) throw util::file_error("open", path, errno);
}

ConsoleInput::~ConsoleInput() {
  ::unlink(path_.c_str());
}

void ConsoleInput::type(std::string_view text) {
  (void)!::write(fd_.get(), text.data(), text.size());
}

}  // namespace kproof::run
