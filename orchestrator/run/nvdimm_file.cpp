#include "run/nvdimm_file.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "util/error.hpp"
#include "util/fd.hpp"

namespace kproof::run {

NvdimmFile::NvdimmFile(const std::filesystem::path& path, std::uint64_t size)
    : path_(size ? path : std::filesystem::path()) {
  if (path_.empty()) return;
  const util::Fd fd(::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd || ::ftruncate(fd.get(), static_cast<off_t>(size)) != 0)
    throw HostError(
        fmt::format("cannot make the NVDIMM's file {}: {}", path_.string(), std::strerror(errno)));
}

void NvdimmFile::unlink() noexcept {
  if (!path_.empty()) ::unlink(path_.c_str());
  path_.clear();
}

}  // namespace kproof::run
