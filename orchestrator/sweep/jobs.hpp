// What the agents of a prepared cell are told to do. Pure.
#pragma once

#include <string>
#include <vector>

#include "run/level_watch.hpp"
#include "sweep/prepare.hpp"

namespace kproof::sweep {

// One job for each level, L1 first. `nonces`: of the canaries, one for each level.
std::vector<run::LevelJob> jobs_of(const PreparedCell& cell, model::Accel outermost,
                                   const std::vector<std::string>& nonces);

}  // namespace kproof::sweep
