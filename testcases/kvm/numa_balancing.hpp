// Automatic NUMA balancing, which takes memory from a process by change_protection() now and then
// to see which node's CPUs use it (kernel/sched/fair.c, task_numa_work).
#pragma once

#include <cstddef>
#include <string>

#include "lib/sysfs.hpp"

namespace kproof::kvm {

// Off, or on and as fast as it goes, until destroyed. (A kernel with several nodes has it on.)
class NumaBalancing {
 public:
  // Bails out where it cannot be switched on, so look at missing() first.
  explicit NumaBalancing(bool on);
  NumaBalancing(const NumaBalancing&) = delete;
  NumaBalancing& operator=(const NumaBalancing&) = delete;

  // What this kernel or machine lacks for it; "" if nothing.
  static std::string missing();

  // Passes over this process's memory that began. A pass goes on while its threads use the CPU.
  static unsigned passes();
  // Bytes that one call of change_protection() of a pass is for, at most (scan_size_mb).
  static std::size_t piece();

 private:
  lib::sysfs::Settings settings_;
};

// Pages that the kernel has moved since boot, for whatever reason.
unsigned long long pages_migrated();
// Those among them that NUMA balancing has moved.
unsigned long long pages_balanced();

}  // namespace kproof::kvm
