// Time that passes, and statistics of it.
#pragma once

#include <vector>

namespace kproof::lib {

// Microseconds of CLOCK_MONOTONIC.
double now_us();

// The p-th percentile (0..100) by nearest rank; 50 is the median. `samples` must not be empty.
double percentile(std::vector<double> samples, double p);

// How long `body` takes, in microseconds.
template <class Body>
double timed_us(Body body) {
  const double start = now_us();
  body();
  return now_us() - start;
}

}  // namespace kproof::lib
