// How often KVM's MMU gives way while it holds mmu_lock.
#pragma once

#include <cstdint>
#include <string>

namespace kproof::kvm {

// KVM is the only one who calls it, when it has seen that somebody waits for this CPU or for the
// lock.
inline constexpr const char* kYield = "__cond_resched_rwlock_write";

// Counts such calls by the thread that constructs this, which must stay on its CPU from then on
// (see PerfSamples). By a kprobe of perf_event_open(2); needs root and CONFIG_KPROBE_EVENTS.
class YieldCounter {
 public:
  YieldCounter();
  YieldCounter(const YieldCounter&) = delete;
  YieldCounter& operator=(const YieldCounter&) = delete;
  ~YieldCounter();

  // Why it cannot count; "" if it can.
  const std::string& problem() const { return problem_; }
  std::uint64_t count() const;

 private:
  std::string problem_;
  int fd_ = -1;
};

}  // namespace kproof::kvm
