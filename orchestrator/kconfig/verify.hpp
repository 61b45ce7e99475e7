// What became of each symbol that a fragment asks for, and why.
#pragma once

#include <string>
#include <vector>

#include "kconfig/dotconfig.hpp"
#include "kconfig/fragment.hpp"
#include "kconfig/language.hpp"

namespace kproof::kconfig {

enum class Loss {
  unknown,      // no Kconfig file of this version defines it
  unmet,        // a dependency is below what was asked
  choice,       // another member of its choice was taken
  overridden,   // a later fragment asks for something else
  selected,     // it was to be off, and another symbol selects it
  not_by_hand,  // it has no prompt: only other symbols can set it
  other
};

struct Lost {
  Request request;
  Loss loss = Loss::other;
  std::string got;     // value in the finished .config; "n" when it is off
  std::string reason;  // "depends on MEMORY_HOTPLUG, which is n (arch/x86/Kconfig:12)"
};

// Compares with the finished .config. A symbol asked for as a module that became built in survived:
// what it does is there. One asked to be off that this version does not know survived too.
std::vector<Lost> verify(const std::vector<Fragment>& fragments, const Values& finished,
                         const Language& language);

// Why a request is not met: the caller has seen that it is not.
Lost explained(const Request& request, const Values& finished, const Language& language);

// "kvm.config:5: CONFIG_KVM=y became n: depends on ..."
std::string to_string(const Lost& lost);

}  // namespace kproof::kconfig
