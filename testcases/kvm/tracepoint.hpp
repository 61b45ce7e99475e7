// Hits of one of the kernel's tracepoints, counted by the kernel.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <linux/perf_event.h>

namespace kproof::kvm {

// What perf_event_open(2) takes for "kvm/kvm_age_hva"; nothing, and why, where there is none.
std::optional<perf_event_attr> attributes_of(const std::string& event, std::string& problem);

// Counts on all CPUs from its construction on, by perf_event_open(2): nobody's tracing is
// disturbed. (An instance of tracefs would do the same, but to make one takes 6.1 about a second
// under TCG: it has a directory for each of two thousand events.) Needs root and tracefs.
class TracepointCounter {
 public:
  // `event` is "kvm/kvm_age_hva"; `filter` as start_perf_event() takes it (perf_event.hpp).
  TracepointCounter(const std::string& event, const std::string& filter);
  TracepointCounter(const TracepointCounter&) = delete;
  TracepointCounter& operator=(const TracepointCounter&) = delete;
  ~TracepointCounter();

  // Why it cannot count, which is a fact about this kernel or these rights; "" when it can.
  const std::string& problem() const { return problem_; }
  // Hits so far; 0 if it cannot count.
  std::uint64_t count() const;

 private:
  std::string problem_;
  std::vector<int> fds_;  // one for each CPU
};

}  // namespace kproof::kvm
