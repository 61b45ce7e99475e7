// Somewhere for reclaim to put anonymous memory: without swap the kernel does not even look at it.
#pragma once

#include <cstddef>
#include <string>

namespace kproof::kvm {

// Swap on /dev/zram0, until destroyed; or the machine's own, which is left alone.
class Swap {
 public:
  // For `size` bytes. Bails out where it fails, so look at missing() first.
  explicit Swap(std::size_t size);
  Swap(const Swap&) = delete;
  Swap& operator=(const Swap&) = delete;
  ~Swap();

  // What this machine lacks for it; "" if nothing. Swap is only made in a throw-away guest.
  static std::string missing();

 private:
  bool made_ = false;
};

// Pages of [address, address + length) that are in swap (/proc/self/pagemap, bit 62).
std::size_t swapped_pages(const void* address, std::size_t length);

}  // namespace kproof::kvm
