#include <doctest/doctest.h>

#include "model/evidence.hpp"
#include "model/outcome.hpp"
#include "model/verdict.hpp"

using namespace kproof::model;

TEST_CASE("every verdict has a name that reads back") {
  for (int i = 0; i <= static_cast<int>(Verdict::broken); ++i) {
    const auto verdict = static_cast<Verdict>(i);
    CHECK(verdict_from_string(to_string(verdict)) == verdict);
  }
  CHECK(!verdict_from_string("passed"));
  CHECK(to_string(Blame::host) == "host");
  CHECK(to_string(Phase::poweroff) == "poweroff");
}

TEST_CASE("each figure of a metric has the noise of its own kind") {
  CHECK(idle_name("stall") == "stall_idle");
  CHECK(idle_name("stall_p999") == "stall_idle_p999");
  CHECK(idle_name("stall_max") == "stall_idle_max");
  CHECK(idle_name("time_puds") == "time_puds_idle");
}
