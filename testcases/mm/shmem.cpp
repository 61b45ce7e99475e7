#include "mm/shmem.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include "lib/safe.hpp"
#include "mm/anonymous.hpp"

namespace kproof::mm {

Shmem::Shmem(std::size_t size, Huge huge)
    : Provider(kPageSize, Kind::shmem),
      huge_(huge),
      fd_(static_cast<int>(
          lib::safe::check(::memfd_create("kproof", MFD_CLOEXEC), "memfd_create"))) {
  lib::safe::check(::ftruncate(fd_, static_cast<off_t>(size)), "ftruncate");
}

Shmem::~Shmem() {
  ::close(fd_);
}

void* Shmem::map(std::size_t length) {
  void* memory = lib::safe::mmap(map_aligned(length, kPmdSize), length, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_FIXED, fd_, 0);
  if (huge_ == Huge::never)
    ::madvise(memory, length, MADV_NOHUGEPAGE);  // EINVAL: a kernel without THP
  return memory;
}

}  // namespace kproof::mm
