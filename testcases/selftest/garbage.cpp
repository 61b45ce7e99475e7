// Prints binary garbage instead of KTAP and exits with 0.
#include <cstdint>

#include <unistd.h>

#include "lib/case.hpp"
#include "lib/safe.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/garbage",
      .summary = "prints binary garbage instead of KTAP and exits with 0",
  };
  lib::begin(argc, argv, description);
  // xorshift64 (Marsaglia 2003): the same bytes each time, every byte value among them.
  std::uint64_t state = 88172645463325252ull;
  for (int i = 0; i < 8192; ++i) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    lib::safe::write(STDOUT_FILENO, &state, sizeof state);
  }
  return 0;
}
