#include "mm/anonymous.hpp"

#include <sys/mman.h>

#include "lib/safe.hpp"

namespace kproof::mm {

// Reserves one `alignment` more than asked for and gives the ends back.
void* map_aligned(std::size_t length, std::size_t alignment) {
  char* start =
      static_cast<char*>(lib::safe::mmap(nullptr, length + alignment, PROT_READ | PROT_WRITE,
                                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  const std::size_t head = -reinterpret_cast<std::uintptr_t>(start) % alignment;
  if (head > 0) lib::safe::munmap(start, head);
  if (alignment > head) lib::safe::munmap(start + head + length, alignment - head);
  return start + head;
}

Anonymous::Anonymous() : Provider(kPageSize, Kind::anonymous) {}

void* Anonymous::map(std::size_t length) {
  void* memory = map_aligned(length, kPudSize);
  ::madvise(memory, length, MADV_NOHUGEPAGE);  // EINVAL: a kernel without THP
  return memory;
}

}  // namespace kproof::mm
