// What somebody may have meant who named an event that a kernel does not have. Pure.
#pragma once

#include <string>
#include <vector>

namespace kproof::ftrace {

// The events of the system that is named, or the systems, nearest first; `known`: "kvm/kvm_exit".
std::string near_events(const std::string& pattern, const std::vector<std::string>& known);

}  // namespace kproof::ftrace
