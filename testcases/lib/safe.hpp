// System calls that cannot fail here: a failure bails out and names the call, the place and errno.
#pragma once

#include <cstddef>
#include <source_location>

#include <sys/types.h>

namespace kproof::lib::safe {

using Place = std::source_location;

// Bails out if `result` is negative; returns it.
long check(long result, const char* call, Place place = Place::current());

void* mmap(void* address, std::size_t length, int prot, int flags, int fd, off_t offset,
           Place place = Place::current());
void munmap(void* address, std::size_t length, Place place = Place::current());
void mprotect(void* address, std::size_t length, int prot, Place place = Place::current());
void madvise(void* address, std::size_t length, int advice, Place place = Place::current());
int open(const char* path, int flags, Place place = Place::current());
void write(int fd, const void* data, std::size_t length, Place place = Place::current());

}  // namespace kproof::lib::safe
