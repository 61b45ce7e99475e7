// DAMON watches addresses of this process (Documentation/admin-guide/mm/damon/usage.rst), through
// the notifiers where a guest uses them: mm/damon/vaddr.c. Each sample takes a page of each region:
// it makes that page old and idle, waits, and asks whether it is young.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kvm/notifiers.hpp"

namespace kproof::kvm {

// Seconds that it may take to see anything, on a host that is busy: seen, nothing in 3 s.
inline constexpr double kDamonPatience = 20;

// One kdamond that watches fixed ranges, until destroyed.
class Damon {
 public:
  // Why this kernel has none; "" if it has.
  static std::string missing();
  // Whether its sysfs has the regions that a scheme tried: those of 6.1 and older have not.
  static bool lists_regions();

  struct Intervals {  // microseconds; the kernel refuses a sample longer than an aggregation
    std::uint64_t sample, aggregation;
  };
  Damon(const std::vector<HvaRange>& ranges, const Intervals& intervals);
  Damon(const Damon&) = delete;
  Damon& operator=(const Damon&) = delete;
  // Ends it amid a sample: what that made old is asked for at once, and nothing made old again.
  ~Damon();

  // Waits for the end of an aggregation interval. The accesses seen in the range in it. Only where
  // lists_regions().
  static std::uint64_t accesses(const HvaRange& range);
};

}  // namespace kproof::kvm
