// What a level's files prove of what the plan declares of it. Pure.
#pragma once

#include <string>
#include <vector>

#include "agent/messages.hpp"
#include "model/evidence.hpp"
#include "model/topology.hpp"

namespace kproof::run {

// The files whose first line the agent of a level is to tell before its case starts, for what that
// level declares, and those while a guest runs inside: KVM's counters.
std::vector<std::string> facts_to_ask(const model::Level& level);
std::vector<std::string> facts_of_inner();

// One guest as its plan declares it and as its agent told of it.
struct LevelFacts {
  const model::Level& declared;
  const agent::Facts& facts;
  std::string hypervisor;  // CPUID's signature as this guest saw it
};

// Names of evidence (level_evidence()) that this level owes: `holds_guest` when a guest runs
// inside, `inside` when this is one itself.
std::vector<std::string> owed_evidence(const model::Level& level, bool inside, bool holds_guest);

// What the facts prove of each owed name:
//   module_parameters  each declared parameter, and those of the MMU mode, are what sysfs says
//   preempt_model      the declared preemption model is the one in debugfs
//   kernel_parameters  the kernel knows every word of the plan's `cmdline`
//   mmu_mode_of_guest  KVM's counters moved as they do in the declared MMU mode while the guest
//                      inside ran
//   runs_on_kvm        CPUID in this guest, which is inside another, shows KVM's signature
//   ram_backing        the page size that its QEMU's mapping has in the guest around it
// `around` and `inside`: the next levels, null when there is none; `inside_nests`: the guest inside
// has another one inside of it.
std::vector<model::Evidence> level_evidence(const LevelFacts& level, const LevelFacts* around,
                                            const LevelFacts* inside, bool inside_nests);

}  // namespace kproof::run
