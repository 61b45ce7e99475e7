// A plan in YAML, as a user would write it, for what was chosen. Pure.
#pragma once

#include <string>
#include <vector>

#include "desk/areas.hpp"
#include "model/kernel.hpp"

namespace kproof::desk {

// `version` of the tree: arguments of cases depend on it.
std::string plan_text(const std::string& name, const std::vector<model::KernelSpec>& kernels,
                      const Choice& choice, const std::string& version, unsigned repetitions);

}  // namespace kproof::desk
