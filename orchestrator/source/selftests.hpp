// The kernel's own selftests, tools/testing/selftests, built from its tree, in the cache.
//
// <cache>/kernels/selftests/<inputs>/program   static, so that it runs in a guest that holds
// nothing
//                                              else; not there where the tree has no such selftest
//                                    origin
// One entry for each program: what does not compile (khugepaged of 6.12.117) costs its own cells.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "source/base.hpp"
#include "source/patches.hpp"
#include "source/settings.hpp"
#include "source/toolchain.hpp"

namespace kproof::source {

struct Selftest {
  std::string directory;  // below tools/testing/selftests: "kvm", "mm"
  std::string program;    // "dirty_log_test", without a directory of its own
};

struct BuiltSelftest {
  std::filesystem::path program;  // "": the tree has none of this name
  std::string origin;             // "linux-source-6.12 6.12.117-1~deb12u1"
};

// Where a version of the kernel may have it, the likeliest first: paths below selftests/, without
// ".c". From 6.14 on kvm/x86_64/ is kvm/x86/, and max_guest_memory_test is mmu_stress_test; mm/ was
// vm/ before 6.3. Pure.
std::vector<std::string> places_of(const Selftest& selftest);

// Unbuildable with what the compiler says; HostError; Interrupted.
BuiltSelftest build_selftest(const Base& base, const Patches& patches, const Toolchain& toolchain,
                             const Selftest& selftest, const Settings& settings);

}  // namespace kproof::source
