#include <doctest/doctest.h>

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
