// Each hit of one event of the kernel, as perf_event_open(2) samples it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <linux/perf_event.h>

namespace kproof::kvm {

// What the thread that constructs this causes on its CPU, where it must stay from then on, in a
// ring of 512 KiB. (An event of a thread instead of a CPU would have the kernel patch __schedule(),
// which QEMU's TCG does not stand on several CPUs.)
class PerfSamples {
 public:
  // `attributes` say what, and what to keep of it (sample_type).
  explicit PerfSamples(perf_event_attr attributes);
  PerfSamples(const PerfSamples&) = delete;
  PerfSamples& operator=(const PerfSamples&) = delete;
  ~PerfSamples();

  // Why nothing is sampled; "" if it is.
  const std::string& problem() const { return problem_; }
  // Some did not fit into the ring.
  bool lost() const { return lost_; }
  // Each since the last call, in order: what follows its perf_event_header, valid during the call.
  void take(const std::function<void(const char* sample)>& each);

 private:
  std::string problem_;
  bool lost_ = false;
  int fd_ = -1;
  char* ring_ = nullptr;
};

}  // namespace kproof::kvm
