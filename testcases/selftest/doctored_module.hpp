// Code of ours that runs in the kernel, where a kernel has no test module for it.
#pragma once

#include <string>
#include <string_view>

namespace kproof::selftest {

// Loads the kernel's own module `name`, which the case must need (CaseNeeds::modules), once more,
// with `code` at the beginning of its init function. Returns only if that code does: the module is
// unloaded before, its signature is left out, relocations that would write into the code are made
// void. Bails out when the module is not as it must be.
void run_in_kernel(const std::string& name, std::string_view code);

}  // namespace kproof::selftest
