#include "image/draft_file.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "util/files.hpp"

namespace kproof::image {

[[noreturn]] static void fail(std::string_view verb, const std::filesystem::path& path) {
  throw util::file_error(verb, path, errno);
}

DraftFile::DraftFile(std::filesystem::path draft)
    : draft_(std::move(draft)),
      fd_(::open(draft_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
  if (!fd_) fail("create", draft_);
}

DraftFile::~DraftFile() {
  if (!draft_.empty()) ::unlink(draft_.c_str());
}

void DraftFile::write(std::string_view bytes) {
  constexpr std::size_t enough = 1 << 18;
  buffer_.append(bytes);
  size_ += bytes.size();
  if (buffer_.size() >= enough) flush();
}

void DraftFile::flush() {
  std::string_view left = buffer_;
  while (!left.empty()) {
    const ssize_t n = ::write(fd_.get(), left.data(), left.size());
    if (n < 0 && errno != EINTR) fail("write", draft_);
    left.remove_prefix(n < 0 ? 0 : static_cast<std::size_t>(n));
  }
  buffer_.clear();
}

void DraftFile::append(const std::filesystem::path& file) {
  flush();
  const util::Fd source(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status;
  if (!source || ::fstat(source.get(), &status) != 0) fail("read", file);
  for (off_t left = status.st_size; left > 0;) {
    const ssize_t n = ::sendfile(fd_.get(), source.get(), nullptr, static_cast<size_t>(left));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("write", draft_);
    if (n == 0) throw HostError(file.string() + " shrank while it was read");
    left -= n;
    size_ += static_cast<std::uint64_t>(n);
  }
}

void DraftFile::commit(const std::filesystem::path& final_name) {
  flush();
  if (::fchmod(fd_.get(), 0644) != 0) fail("chmod", draft_);  // whatever the umask is
  if (::fsync(fd_.get()) != 0) fail("sync", draft_);
  if (::rename(draft_.c_str(), final_name.c_str()) != 0) fail("rename", draft_);
  draft_.clear();
}

}  // namespace kproof::image
