#include "util/draft_file.hpp"

#include <algorithm>
#include <cerrno>
#include <random>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "util/files.hpp"

namespace kproof::util {
namespace fs = std::filesystem;

static constexpr std::string_view kEnd = ".tmp";
static constexpr std::size_t kDigits = 16;

bool is_draft(const fs::path& path) {
  const std::string name = path.filename();
  const std::size_t end = name.size() - std::min(name.size(), kEnd.size());
  if (name.substr(end) != kEnd || end < kDigits + 1 || name[end - kDigits - 1] != '.') return false;
  return name.find_first_not_of("0123456789abcdef", end - kDigits) == end;
}

// As mkostemps(3) does it, but for the permissions: a pid is not enough, because two containers
// with one cache have the same ones.
DraftFile::DraftFile(fs::path final_name) : final_name_(std::move(final_name)) {
  std::random_device random;
  do {
    draft_ = final_name_.string() + fmt::format(".{:08x}{:08x}{}", random(), random(), kEnd);
    fd_.reset(::open(draft_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  } while (!fd_ && errno == EEXIST);
  if (!fd_) throw file_error("create", std::exchange(draft_, {}), errno);
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
  if (!source) throw file_error("read", file, errno);
  copy_all(source, file, fd_, draft_);
}

const fs::path& DraftFile::as_it_is() {
  flush();
  return draft_;
}

void DraftFile::commit() {
  flush();
  if (::fsync(fd_.get()) != 0) throw file_error("sync", draft_, errno);
  if (::rename(draft_.c_str(), final_name_.c_str()) != 0) throw file_error("rename", draft_, errno);
  draft_.clear();
}

}  // namespace kproof::util
