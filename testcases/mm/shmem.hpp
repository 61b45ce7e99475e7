#pragma once

#include "mm/mapping.hpp"

namespace kproof::mm {

// Shared memory of a memfd: filled once, however often it is mapped. By pages of 4 KiB whatever
// shmem's THP switches say, or of what they and MADV_COLLAPSE make of it.
class Shmem : public Provider {
 public:
  enum class Huge { never, allowed };
  explicit Shmem(std::size_t size, Huge huge = Huge::never);
  ~Shmem() override;
  void* map(std::size_t length) override;
  int fd() const { return fd_; }

 private:
  Huge huge_;
  int fd_;
};

}  // namespace kproof::mm
