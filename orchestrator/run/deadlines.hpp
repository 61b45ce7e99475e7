// How long things may take.
#pragma once

#include <cstddef>
#include <string>

#include "model/plan.hpp"
#include "model/topology.hpp"
#include "util/units.hpp"

namespace kproof::run {

struct Deadlines {
  util::Millis boot;        // start of QEMU to hello, and hello to the start of the case
  util::Millis silence;     // between two frames of the agent
  util::Millis test;        // start to end of the case
  util::Millis ping;        // for the agent's answer when the case is late
  util::Millis poweroff;    // bye to the end of the guest
  util::Millis last_words;  // from a panic on the console to the end of the guest
  util::Millis examine;     // to collect what a guest that hangs can tell; 0: it is ended at once
  std::size_t console;      // bytes
};

// What runs L1.
struct Ground {
  model::Accel accel = model::Accel::tcg;
  std::string hypervisor = {};  // CPUID's signature of what this host itself runs on; "" for none
};

// QEMU's TCG runs L1's CPUs, or those of this host.
bool emulated(const Ground& ground);

// Behind the reason of a hang: where a limit may be too short for a host that is only slow. ""
// where there is no reason to think so.
std::string hint_at_limits(const Ground& ground);

// Limits are written for KVM and a plain kernel. TCG runs kernel code 5 to 10 times slower (field
// notes: Debian 6.1 boots in 3 s, on KVM in about 0.5 s), and two of its vCPUs may share one busy
// core. Each level of nesting costs once more: an L2 needs about 8 s, an L3 about 35 (field notes),
// and each exit of theirs is many of L1's. So a KVM host that is itself a guest is a level, too;
// and one that TCG runs takes one to four minutes for a cell (review of the emulated KVM host).
unsigned scale_of(const Ground& ground, int level);

// From the start of a guest to its end, whatever it does or says: each phase at its limit, with a
// hang examined in the case and behind it. A net: a guest that keeps to the protocol is ended by
// the limit of its phase.
util::Millis whole(const Deadlines& deadlines);

// `slowness`: of the kernel, by what was built into it (sweep/detectors.hpp).
Deadlines deadlines(const model::Limits& limits, util::Millis case_timeout, const Ground& ground,
                    int level = 1, unsigned slowness = 1);

// For a level that waits for a guest inside: its own time passes only after that guest's has.
Deadlines around(Deadlines own, const Deadlines& inner);

}  // namespace kproof::run
