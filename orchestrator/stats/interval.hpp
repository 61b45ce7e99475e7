// Where a change most likely lies. Internal to stats/.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace kproof::stats {

// `log_likelihood[i]` is that of the change in front of position first + i. The shortest ends that
// leave half a percent on either side.
std::pair<std::size_t, std::size_t> interval_of(const std::vector<double>& log_likelihood,
                                                std::size_t first);

}  // namespace kproof::stats
