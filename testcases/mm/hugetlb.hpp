#pragma once

#include <string>

#include "mm/mapping.hpp"

namespace kproof::mm {

// Shared memory of a hugetlb memfd: zeroed once, however often it is mapped. Takes the pages from
// the pool, and enlarges the pool if it must; bails out if the kernel finds no contiguous memory.
class Hugetlb : public Provider {
 public:
  Hugetlb(std::size_t entry_size, std::size_t size);
  ~Hugetlb() override;
  void* map(std::size_t length) override;

 private:
  std::string pool_size_;  // the file in sysfs
  unsigned long long pool_before_;
  int fd_;
};

}  // namespace kproof::mm
