#include "util/draft_file.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "util/files.hpp"

namespace kproof::util {
namespace fs = std::filesystem;

DraftFile::DraftFile(fs::path draft)
    : draft_(std::move(draft)),
      fd_(::open(draft_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
  if (!fd_) throw file_error("create", draft_, errno);
}

DraftFile::~DraftFile() {
  if (!draft_.empty()) ::unlink(draft_.c_str());
}

void DraftFile::allow_all_to_read() {
  if (::fchmod(fd_.get(), 0644) != 0) throw file_error("chmod", draft_, errno);
}

void DraftFile::write(std::string_view bytes) {
  constexpr std::size_t enough = 1 << 18;
  buffer_.append(bytes);
  if (buffer_.size() >= enough) flush();
}

void DraftFile::flush() {
  write_all(fd_, buffer_, draft_);
  buffer_.clear();
}

void DraftFile::append(const fs::path& file) {
  flush();
  const Fd source(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status;
  if (!source || ::fstat(source.get(), &status) != 0) throw file_error("read", file, errno);
  for (off_t left = status.st_size; left > 0;) {
    const ssize_t n = ::sendfile(fd_.get(), source.get(), nullptr, static_cast<size_t>(left));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw file_error("write", draft_, errno);
    if (n == 0) throw HostError(file.string() + " shrank while it was read");
    left -= n;
  }
}

void DraftFile::commit(const fs::path& final_name) {
  flush();
  if (::fsync(fd_.get()) != 0) throw file_error("sync", draft_, errno);
  if (::rename(draft_.c_str(), final_name.c_str()) != 0) throw file_error("rename", draft_, errno);
  draft_.clear();
}

}  // namespace kproof::util
