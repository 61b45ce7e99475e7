// The CPUs that a guest of the host can be given by name.
#pragma once

#include <string>
#include <vector>

namespace kproof::virt {

// All of x86 that this libvirt knows; no daemon is asked. Whether QEMU knows one too, and this host
// can be it, is told by the start of a guest. Empty when libvirt does not say.
std::vector<std::string> cpu_models();

// The model that guests under KVM get by default: the newest of a short list that this host's
// vendor and QEMU have, from libvirt's domain capabilities. "" when there is none. Pure.
std::string pinned_cpu(const std::string& domain_capabilities);

}  // namespace kproof::virt
