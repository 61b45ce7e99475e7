// Writes memory until the OOM killer ends it.
#include <cstring>

#include <sys/mman.h>

#include "lib/case.hpp"
#include "lib/safe.hpp"
#include "lib/sysfs.hpp"
#include "selftest/guard.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/eats_memory",
      .summary = "writes memory until the OOM killer ends it",
      .timeout_ms = 10000,
  };
  lib::Case test(argc, argv, description);
  selftest::only_in_a_throwaway_guest();
  test.plan(1);
  lib::sysfs::write("/proc/self/oom_score_adj", "1000");
  constexpr std::size_t kChunk = std::size_t{64} << 20;
  for (;;) {
    void* chunk = lib::safe::mmap(nullptr, kChunk, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    std::memset(chunk, 1, kChunk);
  }
}
