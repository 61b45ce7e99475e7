#include "formats/flattened.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "util/fd.hpp"

namespace kproof::formats {
namespace fs = std::filesystem;

// makedumpfile.h: a header of a page; then for each piece its place and its length, big-endian, and
// its bytes; -1 is the end.
static constexpr std::size_t kHeader = 4096;
static constexpr std::string_view kSignature = "makedumpfile";

static std::int64_t big_endian(const unsigned char* bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i)
    value = value << 8 | bytes[i];
  return static_cast<std::int64_t>(value);
}

static bool read_all(int fd, void* to, std::size_t size) {
  for (auto* at = static_cast<char*>(to); size > 0;) {
    const ssize_t n = ::read(fd, at, size);
    if (n <= 0) return false;
    at += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

static std::string copy_pieces(int in, int out) {
  constexpr std::int64_t kLargest = 1 << 30;
  std::array<unsigned char, 16> head{};
  std::vector<char> piece;
  for (;;) {
    if (!read_all(in, head.data(), head.size())) return "it ends in the middle";
    const std::int64_t place = big_endian(head.data()), size = big_endian(head.data() + 8);
    if (place == -1 && size == -1) return "";
    if (place < 0 || size < 0 || size > kLargest) return "it has a piece of no size";
    piece.resize(static_cast<std::size_t>(size));
    if (!read_all(in, piece.data(), piece.size())) return "it ends in the middle";
    if (::pwrite(out, piece.data(), piece.size(), place) != size) return std::strerror(errno);
  }
}

std::string unflatten(const fs::path& file) {
  const util::Fd in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, kHeader> header{};
  if (!in) return std::strerror(errno);
  if (!read_all(in.get(), header.data(), header.size()) ||
      std::string_view(header.data(), kSignature.size()) != kSignature)
    return "";
  const fs::path draft = file.string() + ".part";
  const util::Fd out(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  std::string error = out ? copy_pieces(in.get(), out.get()) : std::strerror(errno);
  std::error_code failed;
  if (error.empty()) fs::rename(draft, file, failed);
  if (failed) error = failed.message();
  if (!error.empty()) fs::remove(draft, failed);
  return error;
}

}  // namespace kproof::formats
