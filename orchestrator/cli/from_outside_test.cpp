#include "cli/from_outside.hpp"

#include <doctest/doctest.h>

#include "util/error.hpp"

namespace kproof::cli::from_outside_test {
using nlohmann::json;

static json nested() {
  return {{"emulated", true},
          {"levels", {{{"in_place", true}, {"mmu", "tdp"}}, {{"in_place", true}}}}};
}

TEST_CASE("gdb sees a guest inside from outside where it can tell the two apart") {
  CHECK_NOTHROW(require_from_outside(nested()));
  json state = nested();
  state["emulated"] = false;
  CHECK_THROWS_WITH_AS(require_from_outside(state), doctest::Contains("KVM runs this guest"),
                       ConfigError);
  state = nested();
  state["levels"][0]["in_place"] = false;
  CHECK_THROWS_WITH_AS(require_from_outside(state), doctest::Contains("KASLR"), ConfigError);
  for (const int levels : {1, 3}) {
    state = nested();
    state["levels"] = std::vector<json>(levels, {{"in_place", true}});
    CHECK_THROWS_WITH_AS(require_from_outside(state), doctest::Contains("two levels"), ConfigError);
  }
}

TEST_CASE("what nested paging hides from the stub outside is said") {
  json state = nested();
  CHECK(limits_from_outside(state).find("`mmu: shadow`") != std::string::npos);
  state["levels"][0]["mmu"] = "shadow";
  CHECK(limits_from_outside(state).find("`mmu: shadow`") == std::string::npos);
}

}  // namespace kproof::cli::from_outside_test
