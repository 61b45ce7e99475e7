#include "lib/safe.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/ktap.hpp"

namespace kproof::lib::safe {

static const char* file_name(const Place& place) {
  const std::string_view path = place.file;
  const auto testcases = path.rfind("testcases/");
  return place.file + (testcases == std::string_view::npos ? 0 : testcases);
}

[[noreturn]] static void fail(const char* call, const Place& place) {
  const int error = errno;
  ktap::bail_out("%s:%u: %s: %s (%s)", file_name(place), place.line, call, strerrorname_np(error),
                 std::strerror(error));
}

long check(long result, const char* call, Place place) {
  if (result < 0) fail(call, place);
  return result;
}

void* mmap(void* address, std::size_t length, int prot, int flags, int fd, off_t offset,
           Place place) {
  void* mapped = ::mmap(address, length, prot, flags, fd, offset);
  if (mapped == MAP_FAILED) {
    char call[96];
    std::snprintf(call, sizeof call, "mmap(%#zx bytes, prot %#x, flags %#x)", length, prot, flags);
    fail(call, place);
  }
  return mapped;
}

void munmap(void* address, std::size_t length, Place place) {
  check(::munmap(address, length), "munmap", place);
}

void mprotect(void* address, std::size_t length, int prot, Place place) {
  check(::mprotect(address, length, prot), "mprotect", place);
}

void madvise(void* address, std::size_t length, int advice, Place place) {
  check(::madvise(address, length, advice), "madvise", place);
}

int open(const char* path, int flags, Place place) {
  const int fd = ::open(path, flags | O_CLOEXEC);
  if (fd < 0) {
    char call[256];
    std::snprintf(call, sizeof call, "open(%s)", path);
    fail(call, place);
  }
  return fd;
}

void write(int fd, const void* data, std::size_t length, Place place) {
  const ssize_t written = ::write(fd, data, length);
  if (written >= 0 && static_cast<std::size_t>(written) != length) errno = EIO;
  if (written != static_cast<ssize_t>(length)) fail("write", place);
}

void pread(int fd, void* data, std::size_t length, std::uint64_t offset, const char* what,
           Place place) {
  const ssize_t n = ::pread(fd, data, length, static_cast<off_t>(offset));
  if (n >= 0 && static_cast<std::size_t>(n) != length) errno = EIO;
  if (n != static_cast<ssize_t>(length)) fail(what, place);
}

}  // namespace kproof::lib::safe
