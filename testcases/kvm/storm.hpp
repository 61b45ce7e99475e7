// Host threads that toggle the protection of a region, each in a part of its own or all at once.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <random>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "kvm/machine.hpp"
#include "kvm/runner.hpp"

namespace kproof::kvm {

// What the togglers saw, summed up.
struct StormCounts {
  std::atomic<unsigned long> toggles{0};  // mprotect calls
  std::atomic<unsigned long> whole{0};    // times that all of the region was toggled
  std::atomic<unsigned long> windows{0};  // read-only windows that were watched
  // Of these: a vCPU tried to write to the range while it was read-only, and was refused there.
  std::atomic<unsigned long> effective{0};
  std::atomic<unsigned long> changed{0};  // words that changed in one
  std::atomic<unsigned long> errors{0};   // mprotect calls that failed
};

class Storm {
 public:
  struct Shape {
    unsigned togglers;
    std::size_t grain;  // bytes: protections change at multiples of it
    unsigned seed;      // of the random ranges
  };

  // Each of the machine's vCPUs writes to a word of its own in each of the region's pages. The
  // region must be populated and zero.
  Storm(Machine& machine, const Shape& shape);
  // Runs for this long, and longer until kFewestEffective windows were effective, as long as that
  // takes less than kPatienceSeconds. Then lets every vCPU end its round, with all rights.
  void run(double seconds);
  static constexpr unsigned long kFewestEffective = 16;
  static constexpr double kPatienceSeconds = 20;

  const StormCounts& counts() const { return counts_; }
  Runner& runner(unsigned vcpu) { return *runners_[vcpu]; }
  const Exit& end_of(unsigned vcpu) const { return ends_[vcpu]; }
  // The word of a vCPU in a page: 8 bytes for each vCPU at the start of the page.
  mm::Word* word(unsigned vcpu, std::size_t index) const {
    return machine_.region().word(index) + vcpu;
  }

 private:
  // Bytes [first, first + length) of the region.
  struct Range {
    std::size_t first, length;
  };
  void toggle_for_ever(unsigned toggler);
  void toggle(const Range& range, bool by_none);
  Range part_of(unsigned toggler, std::minstd_rand& random) const;
  void protect(const Range& range, int prot);
  void retry_all();
  bool is_watched_by_a_vcpu(const Range& range, const std::vector<unsigned long>& before) const;
  GvaRange guest_range(const Range& range) const;
  std::vector<unsigned long> refusals() const;
  std::vector<std::uint64_t> values(const Range& range) const;

  Machine& machine_;
  Shape shape_;
  StormCounts counts_;
  Rights rights_;
  std::atomic<bool> stop_{false};
  // Shared by those that toggle parts, which are disjoint; alone for who toggles the whole, so that
  // nobody gives a right back in somebody else's window.
  std::shared_mutex whole_;
  std::atomic<bool> whole_wanted_{false};  // lets the others wait: glibc's lock prefers readers
  std::vector<std::unique_ptr<Runner>> runners_;
  std::vector<Exit> ends_;
};

}  // namespace kproof::kvm
