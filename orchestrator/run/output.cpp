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
  util::write_all(fd_, bytes.substr(0, fits), path_);
}

}  // namespace kproof::run
