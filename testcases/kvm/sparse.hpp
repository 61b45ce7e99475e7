// The behaviours of numa_balancing_sparse: how often KVM's notifier is called when the protection
// of memory changes of which little or nothing is there.
#pragma once

#include <sys/mman.h>

#include "kvm/sparse_memory.hpp"
#include "lib/case.hpp"

namespace kproof::kvm::sparse {

inline constexpr unsigned kRounds = 8;  // of PROT_NONE and back

// The entries from which on change_protection() calls the notifier, if they are not none: PMDs from
// Linux 3.15 on, PUDs since 6.12.
enum class Level { pmd, pud };

struct Context {
  lib::Case& test;
  SparseMemory& memory;
  double seconds;  // that NUMA balancing may take
  unsigned vcpus;
  Level demanded;  // no call from higher up
  unsigned vms = notified_vms();
  Level notified_at = Level::pud;  // as empty_pmds() has found
};

// sparse_toggle.cpp: by mprotect
void none(Context&, lib::Check&);
void empty_pmds(Context&, lib::Check&);
// Metrics `invalidations_<name>`, `invalidated_<name>` and `time_<name>`.
void bounded(Context&, const SparsePart&, const char* name, lib::Check&);

// sparse_balancing.cpp: by NUMA balancing
void balanced(Context&, lib::Check&);

}  // namespace kproof::kvm::sparse
