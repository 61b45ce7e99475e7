// Hung tasks and stalled workqueues: who holds what is waited for.
#pragma once

#include <vector>

#include "console/culprit.hpp"

namespace kproof::console {

// `lines`: a report of a hung task or of a workqueue lockup, without questionable frames. The
// culprit of a hung task is the owner of its lock: the one that the kernel names (since 6.16), else
// another task that lockdep shows to hold the lock that the hung one acquired last. The culprit of
// a pool is what its worker runs.
Accusation find_holder(const std::vector<ReportLine>& lines);

}  // namespace kproof::console
