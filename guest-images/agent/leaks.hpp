// Memory that the kernel has lost, where it can tell: CONFIG_DEBUG_KMEMLEAK.
#pragma once

#include <sys/types.h>

namespace kproof::guest {

// Starts a process in which kmemleak scans all memory; it writes what it finds to the kernel's log,
// and the process ends then. -1: this kernel has no kmemleak.
//
// By itself kmemleak scans for the first time a minute after boot, when most guests are gone.
pid_t start_leak_scan();

}  // namespace kproof::guest
