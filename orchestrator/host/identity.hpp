// What of this machine can make a difference to a guest, beside its QEMU.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "model/topology.hpp"

namespace kproof::host {

// Name for people -> what the machine says of it, as text: "kvm parameters" -> "kvm_amd.nested=1
// ...". Equal maps: a guest of equal inputs may be taken for the same one. TCG is the host's kernel
// and CPU, and the firmware; KVM is its modules' parameters, microcode, mitigations and huge pages
// as well. `root`: where proc/, sys/ and usr/share/ are. What is not there is "".
using Identity = std::map<std::string, std::string>;
Identity identity(model::Accel accel, const std::filesystem::path& root = "/");

}  // namespace kproof::host
