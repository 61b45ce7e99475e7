// Reads by GUP-fast, which walks over page tables without a lock, beside whoever changes them.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "mm/mapping.hpp"

namespace kproof::mm {

// A thread that reads the region's first word again and again, whatever rights it has: a pipe is
// given the page itself (vmsplice(2)).
class Splicer {
 public:
  // On that CPU, or on any: -1. The word is what is to be read all the time.
  Splicer(const Region& region, int cpu);
  void end();

  unsigned long reads() const { return reads_; }
  // After end(): values that are of no page of ours.
  unsigned long strange() const { return strange_; }
  std::uint64_t first_strange() const { return first_strange_; }

 private:
  void run(const std::stop_token& stop, const Region& region);

  const std::uint64_t expected_;
  std::atomic<unsigned long> reads_{0};
  unsigned long strange_ = 0;
  std::uint64_t first_strange_ = 0;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace kproof::mm
