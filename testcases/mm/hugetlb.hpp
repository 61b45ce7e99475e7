#pragma once

#include <string>

#include "mm/mapping.hpp"

namespace kproof::mm {

// Memory of a hugetlb memfd, zeroed once, however often it is mapped; or private pages for each
// mapping, and as many more for what a child's copies take. Takes the pages from the pool, and
// enlarges the pool if it must; bails out if the kernel finds no contiguous memory.
class Hugetlb : public Provider {
 public:
  enum class Sharing { shared, private_ };
  Hugetlb(std::size_t entry_size, std::size_t size, Sharing sharing = Sharing::shared);
  ~Hugetlb() override;
  void* map(std::size_t length) override;
  bool is_private() const override { return sharing_ == Sharing::private_; }

 private:
  Sharing sharing_;
  std::string pool_size_;  // the file in sysfs
  unsigned long long pool_before_;
  int fd_;
};

}  // namespace kproof::mm
