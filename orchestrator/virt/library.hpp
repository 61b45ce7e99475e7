// libvirt as a library.
#pragma once

#include <string>

namespace kproof::virt {

// Before anything else is called of libvirt: its errors are ours to report, and its warnings are
// not for stderr ($LIBVIRT_LOG_OUTPUTS says where they go instead of nowhere). libvirt reads that
// once.
void prepare_library();

// "9.0.0": of what is loaded into this process.
std::string library_version();

}  // namespace kproof::virt
