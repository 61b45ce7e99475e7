// What `kproof doctor` looks at: each check with the fact behind it and the next step.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/accel.hpp"

namespace kproof::host {

enum class Health {
  good,
  limited,  // kproof works, but something is slower or unavailable
  bad,      // kproof cannot run cells
};

struct Check {
  std::string name;
  Health health = Health::good;
  std::string fact;
  std::string next_step;  // "" when good
};

Check check_accel(const KvmFacts& facts);
// Whether a guest of this host can have guests: cases of kvm/, topologies with `inner:`.
Check check_nested(const KvmFacts& facts);
// Who runs guests and builds kernels.
Check check_users();
Check check_memory(std::uint64_t available);
// `without`: how the host is when the program lacks.
Check check_program(const std::string& program, const std::string& package,
                    const std::string& what_for, Health without);
// A cache that can be written to, and what is free there.
Check check_cache(const std::string& path, std::uint64_t free);
// `fact`: what /dev/shm has, `free` bytes of it.
Check check_shared(const std::string& fact, std::uint64_t free);
Check check_hugetlb(std::uint64_t free_1g, std::uint64_t free_2m);

}  // namespace kproof::host
