// The log that libvirt keeps of each QEMU.
#pragma once

#include <string>
#include <string_view>

namespace kproof::virt {

// The last line that QEMU itself wrote, without what libvirt writes around it: time stamps, the
// command line, "Domain id=1 is tainted", "shutting down". "" when QEMU said nothing. Pure.
std::string last_words(std::string_view log);

}  // namespace kproof::virt
