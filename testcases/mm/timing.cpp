// How long one mprotect of the whole populated range takes.
#include <sys/mman.h>

#include "lib/clock.hpp"
#include "lib/safe.hpp"
#include "mm/mprotect_suite.hpp"

namespace kproof::mm {

static constexpr unsigned kSamples = 15;

static double timed_mprotect(const Region& region, int prot) {
  return lib::timed_us([&] { lib::safe::mprotect(region.base(), region.length(), prot); });
}

void measure_mprotect(Context& context) {
  Region& region = populated(context, 1);
  std::vector<double> rw_ro, ro_rw, rw_none;
  for (unsigned i = 0; i < kSamples; ++i) {
    rw_ro.push_back(timed_mprotect(region, PROT_READ));
    ro_rw.push_back(timed_mprotect(region, kReadWrite));
    region.fill(i);  // some kernels drop the entries, and mprotect of nothing is fast
    rw_none.push_back(timed_mprotect(region, PROT_NONE));
    lib::safe::mprotect(region.base(), region.length(), kReadWrite);
    region.fill(i);
  }
  context.test.metric("mprotect_rw_ro", rw_ro, "us");
  context.test.metric("mprotect_ro_rw", ro_rw, "us");
  context.test.metric("mprotect_rw_none", rw_none, "us");
}

}  // namespace kproof::mm
