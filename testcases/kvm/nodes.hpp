// NUMA nodes, and where pages are: move_pages(2).
#pragma once

#include <cstddef>
#include <vector>

#include <sys/types.h>

namespace kproof::kvm {

// Those with memory, in order; {0} on a kernel that knows of none.
std::vector<unsigned> memory_nodes();
// The first CPU of a node that this thread may run on; -1 if it has none.
int cpu_of(unsigned node);
// The node of each page of a process; negative: errno, as of a page that is not there.
std::vector<int> nodes_of(pid_t pid, const std::vector<void*>& pages);
// Moves all that can be moved, whoever else maps them. 0, or errno of the whole call: a page may be
// in use just now. nodes_of() tells what came of it.
int move_pages_to(unsigned node, pid_t pid, const std::vector<void*>& pages);

}  // namespace kproof::kvm
