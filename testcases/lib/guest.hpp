#pragma once

namespace kproof::lib {

// Whether this is a guest that nobody will miss: root of a system that lives in its initramfs, as
// kproof's guests do and no installed system does. What destroys data or takes the machine down
// asks first.
bool in_throwaway_guest();

}  // namespace kproof::lib
