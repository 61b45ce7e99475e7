#pragma once

#include <string>

#include "mm/mapping.hpp"

namespace kproof::mm {

// Private anonymous memory with MADV_HUGEPAGE. Bails out if THP is switched off.
class Thp : public Provider {
 public:
  // Why there is none here, or "".
  static std::string missing();
  Thp();
  void* map(std::size_t length) override;
  // AnonHugePages of /proc/self/smaps, which counts memory mapped by PMDs.
  std::optional<HugeAccount> account(const void* address, std::size_t length) override;
};

}  // namespace kproof::mm
