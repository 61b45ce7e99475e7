// The CPUs that a guest of the host can be given by name.
#pragma once

#include <string>
#include <vector>

namespace kproof::virt {

// All of x86 that this libvirt knows; no daemon is asked. Whether QEMU knows one too, and this host
// can be it, is told by the start of a guest. Empty when libvirt does not say.
std::vector<std::string> cpu_models();

}  // namespace kproof::virt
