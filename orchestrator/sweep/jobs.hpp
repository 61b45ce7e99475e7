// What the agents of a prepared cell are told to do. Pure.
#pragma once

#include <string>
#include <vector>

#include "run/level_watch.hpp"
#include "sweep/prepare.hpp"
#include "vm/domain_xml.hpp"

namespace kproof::sweep {

// L1 as libvirt is to make it, without the name, the paths and the emulator of one run.
vm::GuestSpec guest_of(const PreparedCell& cell, model::Accel accel);

// What is sent to the agent of each level, L1 first. `nonces`: of the canaries, one for each level.
std::vector<agent::Job> agent_jobs(const PreparedCell& cell, model::Accel outermost,
                                   const std::vector<std::string>& nonces);

// The same with what the host needs to know of each level.
std::vector<run::LevelJob> jobs_of(const PreparedCell& cell, model::Accel outermost,
                                   const std::vector<std::string>& nonces);

}  // namespace kproof::sweep
