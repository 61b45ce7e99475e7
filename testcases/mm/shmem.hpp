#pragma once

#include "mm/mapping.hpp"

namespace kproof::mm {

// Shared memory of a memfd, by pages of 4 KiB whatever shmem's THP switches say: filled once,
// however often it is mapped.
class Shmem : public Provider {
 public:
  explicit Shmem(std::size_t size);
  ~Shmem() override;
  void* map(std::size_t length) override;
  int fd() const { return fd_; }

 private:
  int fd_;
};

}  // namespace kproof::mm
