// A thread that takes a CPU away from all others there, again and again, at no time in particular.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>

namespace kproof::kvm {

// Whoever runs on `cpu` stops wherever the kernel lets him be preempted (with preempt=full almost
// everywhere, else on the way to user space and at cond_resched()), for kHoldUs: so another CPU
// gets much further between two of his instructions than it would otherwise. Bails out without the
// right to SCHED_FIFO (CAP_SYS_NICE).
class Preempter {
 public:
  // With `progress`, a count of what goes on elsewhere meanwhile: it holds the CPU until that has
  // changed, kMostHoldUs at most, as on a busy host the other CPU may stand for a while.
  explicit Preempter(int cpu, std::function<std::uint64_t()> progress = {});
  Preempter(const Preempter&) = delete;
  Preempter& operator=(const Preempter&) = delete;
  ~Preempter();

  unsigned long times() const { return times_; }

 private:
  void run(int cpu);
  void hold() const;

  std::function<std::uint64_t()> progress_;
  std::atomic<bool> ended_{false};
  std::atomic<unsigned long> times_{0};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace kproof::kvm
