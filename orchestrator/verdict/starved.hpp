// Stalls that are not the kernel's but its host's, which gave the guest no CPU. Pure.
//
// A watchdog in the guest counts by the guest's clock, and that goes on while its CPUs wait for one
// of the host's: a kernel that did not run for 26 s reports itself as stuck for 26 s.
#pragma once

#include <string>

#include "util/units.hpp"
#include "verdict/judge.hpp"

namespace kproof::verdict {

// So much of model::kStarvedWindow, and a stall that was reported says nothing of the kernel. The
// shortest that it reports is 20 s (2 * watchdog_thresh, kernel/watchdog.c; an RCU stall 21 s), and
// there would have been none had the guest run for these, too.
inline constexpr util::Millis kStarved{10000};

// What speaks for the host in a failed cell: stalls were reported, nothing else was found, no
// subtest is not ok, and the guest was starved at some time. "" where nothing does.
std::string starved_sign(Levels levels);

}  // namespace kproof::verdict
