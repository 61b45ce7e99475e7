// Lockups and stalls: the CPU that complains is often the victim. Who holds it up stands in the
// backtraces of the other CPUs.
#pragma once

#include <vector>

#include "console/frames.hpp"
#include "model/finding.hpp"

namespace kproof::console {

struct Accusation {
  model::Culprit culprit;
  bool other = false;  // not the CPU that the report accuses: that one is a victim
};

// `lines`: a report of a soft lockup, hard lockup, RCU stall or CSD-lock stall, without
// questionable frames. Begins at the CPU that the report accuses (the one that is stuck, that RCU
// waits for, that does not answer). If that one waits for others itself - spins on a lock, waits
// for its IPIs to be answered - the culprit is the first other CPU that is neither idle nor
// waiting.
Accusation find_culprit(const std::vector<ReportLine>& lines);

}  // namespace kproof::console
