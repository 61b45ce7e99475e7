// --accel: KVM or TCG, for all commands that start guests.
#pragma once

#include <optional>
#include <string>

#include "cli/command.hpp"
#include "model/topology.hpp"

namespace kproof::cli {

// `word` holds "auto" before.
void add_accel(Command& command, std::string& word);
// Nothing for auto.
std::optional<model::Accel> accel_of(const std::string& word);

}  // namespace kproof::cli
