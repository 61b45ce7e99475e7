// System calls that cannot fail here: a failure bails out and names the call, the place and errno.
#pragma once

#include <cstddef>
#include <cstdint>

#include <sys/types.h>

namespace kproof::lib::safe {

// Where a call stands. (std::source_location, but clang-tidy 14 has none.)
struct Place {
  const char* file;
  unsigned line;

  static constexpr Place current(const char* file = __builtin_FILE(),
                                 unsigned line = __builtin_LINE()) {
    return {file, line};
  }
};

// Bails out if `result` is negative; returns it.
long check(long result, const char* call, Place place = Place::current());

void* mmap(void* address, std::size_t length, int prot, int flags, int fd, off_t offset,
           Place place = Place::current());
void munmap(void* address, std::size_t length, Place place = Place::current());
void mprotect(void* address, std::size_t length, int prot, Place place = Place::current());
void madvise(void* address, std::size_t length, int advice, Place place = Place::current());
int open(const char* path, int flags, Place place = Place::current());
void write(int fd, const void* data, std::size_t length, Place place = Place::current());
// All of it, from `offset` on; less is EIO. `what` is told of a failure.
void pread(int fd, void* data, std::size_t length, std::uint64_t offset, const char* what,
           Place place = Place::current());

}  // namespace kproof::lib::safe
