#include "run/output.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>

#include "util/files.hpp"

namespace kproof::run {

OutputFile::OutputFile(const std::filesystem::path& path, std::size_t limit)
    : path_(path),
      fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)),
      room_(limit) {
  if (!fd_) throw util::file_error("create", path, errno);
}

void OutputFile::append(std::string_view bytes) {
  const std::size_t fits = std::min(bytes.size(), room_);
  dropped_ += bytes.size() - fits;
  room_ -= fits;
  size_ += fits;
  for (bytes = bytes.substr(0, fits); !bytes.empty();) {
    const ssize_t n = ::write(fd_.get(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw util::file_error("write", path_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace kproof::run
