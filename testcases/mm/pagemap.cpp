#include "mm/pagemap.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "lib/safe.hpp"

namespace kproof::mm {

std::vector<std::uint64_t> pagemap(const volatile void* address, std::size_t length) {
  constexpr std::size_t kPage = 4096;
  std::vector<std::uint64_t> entries(length / kPage);
  const int fd = lib::safe::open("/proc/self/pagemap", O_RDONLY);
  const auto first = reinterpret_cast<std::uintptr_t>(address) / kPage;
  lib::safe::pread(fd, entries.data(), entries.size() * sizeof entries[0],
                   first * sizeof entries[0], "pread of /proc/self/pagemap");
  ::close(fd);
  return entries;
}

std::size_t count_with(unsigned bit, const std::vector<std::uint64_t>& entries, std::size_t first,
                       std::size_t count) {
  std::size_t with = 0;
  for (std::size_t i = first; i < first + count; ++i)
    with += entries[i] >> bit & 1;
  return with;
}

}  // namespace kproof::mm
