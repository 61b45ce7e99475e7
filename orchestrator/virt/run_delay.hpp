// How long the CPUs of a guest were kept waiting by its host.
#pragma once

#include <string_view>

#include <sys/types.h>

#include "util/units.hpp"

namespace kproof::virt {

// Of the threads that are CPUs of the QEMU `pid` ("CPU 0/KVM", "CPU 0/TCG"; all threads where none
// is called so), the longest time that one was ready to run and waited for a CPU of this host. 0
// where the kernel does not tell, or the process is gone.
util::Millis run_delay(pid_t pid);

// The second number of /proc/<pid>/task/<tid>/schedstat, nanoseconds (Documentation/scheduler/
// sched-stats.rst). 0 for what is none. Pure.
util::Millis parse_run_delay(std::string_view schedstat);

}  // namespace kproof::virt
