// libvirt as a library. Internal to virt/.
#pragma once

namespace kproof::virt {

// Before anything else is called of libvirt: its errors are ours to report, and its warnings are
// not for stderr ($LIBVIRT_LOG_OUTPUTS says where they go instead of nowhere). libvirt reads that
// once.
void prepare_library();

}  // namespace kproof::virt
