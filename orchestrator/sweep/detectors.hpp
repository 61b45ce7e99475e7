// The kernel's own detectors of a kernel that makes no progress, and kproof's deadline behind them.
// Who comes first says what is wrong, so their times must rise:
//
//   RCU stall < soft lockup < hung task < end of the case < end of the cell
//
// A stalled CPU holds up RCU, then tasks, then the case: the first report is of the cause, each
// later one of an effect, and a guest that is killed early says nothing. The last "<" holds by
// construction (run/deadlines.hpp). Pure.
#pragma once

#include <string>
#include <vector>

#include "kernel/kconfig.hpp"
#include "model/topology.hpp"
#include "util/units.hpp"

namespace kproof::sweep {

// How many times slower than a plain kernel this one is, of whole numbers that its sources give:
// KASAN "~x3" (lib/Kconfig.kasan), KCSAN "5.0x" (Documentation/dev-tools/kcsan.rst). KMSAN counts
// as KASAN and the lock validator as 2, which are estimates. They multiply.
unsigned slowness(const kernel::Kconfig& config);

// Kernel parameters that make the detectors speak in order, and where the case has time for it
// before its end. They are never slower than the kernel's defaults (soft lockup 20 s, hung task 120
// s) times `pace`, and never so quick that a busy host looks like a stalled guest: so a case of a
// few seconds is over before any detector; then the hang diagnosis asks. RCU's default of 21 s is
// not below the soft lockup's, so it never stands.
//
// `pace`: slowness() times 2 for each level of nesting. TCG needs none: no detector was seen to
// raise a false alarm under it at the kernel's defaults.
std::vector<std::string> detector_parameters(const kernel::Kconfig& config, util::Millis case_end,
                                             unsigned pace);

// What the words of a plan or a case (`words`, in the command line's order) do to that order:
// "a soft lockup is reported after 120 s (watchdog_thresh=60), and the case is ended after 20 s";
// empty when it stands. A sysctl that a case asks for is not looked at: it wants to see the report.
std::vector<std::string> incoherent(const kernel::Kconfig& config, util::Millis case_end,
                                    unsigned pace, const std::vector<std::string>& words);

// ConfigError with place and numbers, when a level's words break the order.
void require_coherent(const model::Topology& topology, std::size_t level, const std::string& test,
                      const std::vector<std::string>& problems);

}  // namespace kproof::sweep
