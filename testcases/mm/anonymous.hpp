#pragma once

#include "mm/mapping.hpp"

namespace kproof::mm {

// Private anonymous memory of 4 KiB pages, whatever THP's switch says; aligned to 1 GiB, so that
// one PUD holds the first GiB of it.
class Anonymous : public Provider {
 public:
  Anonymous();
  void* map(std::size_t length) override;
};

// `length` bytes of private anonymous memory at a multiple of `alignment`.
void* map_aligned(std::size_t length, std::size_t alignment);

}  // namespace kproof::mm
