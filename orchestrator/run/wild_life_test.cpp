// Guests that do anything at all: none outlives its time, fills our memory, or passes unproven.
#include "run/wild_life.hpp"

#include <random>

#include <doctest/doctest.h>

#include "util/files.hpp"

using namespace kproof;
using namespace kproof::run;

static std::string random_bytes(unsigned seed, std::size_t most) {
  std::mt19937 engine(seed);
  std::string bytes(1 + engine() % most, '\0');
  for (char& byte : bytes)
    byte = static_cast<char>(engine());
  return bytes;
}

TEST_CASE("a session ends by its whole time, in bounded memory, and orderly only with evidence") {
  for (unsigned seed = 0; seed < 20000; ++seed)
    wild::live_in_session(random_bytes(seed, 400), [&](bool holds, const char* what) {
      CAPTURE(seed);
      REQUIRE_MESSAGE(holds, what);
    });
}

TEST_CASE("so does a level with its logs and its diagnosis") {
  const util::ScratchDir directory("kproof-test-");
  for (unsigned seed = 0; seed < 300; ++seed)
    wild::live_in_level(random_bytes(seed, 400), directory.path(),
                        [&](bool holds, const char* what) {
                          CAPTURE(seed);
                          REQUIRE_MESSAGE(holds, what);
                        });
}
