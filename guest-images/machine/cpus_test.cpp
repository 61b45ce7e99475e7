#include "machine/cpus.hpp"

#include <doctest/doctest.h>

using namespace kproof::machine;

TEST_CASE("a thread that is kept on one CPU is still told of all that it could run on") {
  const auto before = allowed_cpus();
  REQUIRE(!before.empty());
  REQUIRE(stay_on_cpus({before.back()}) == 0);
  CHECK(allowed_cpus() == std::vector{before.back()});
  CHECK(possible_cpus().size() >= before.size());
  CHECK(allowed_cpus() == std::vector{before.back()});
  CHECK(stay_on_cpus(before) == 0);
}
