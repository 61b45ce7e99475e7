// Builds a kernel and boots it. Cold this takes 6 minutes on two idle cores; with the kernel in the
// cache, seconds.
#include <algorithm>

#include <doctest/doctest.h>

#include "e2e/support.hpp"

using namespace kproof::e2e;
using namespace std::chrono_literals;

TEST_CASE("a small kernel built from Debian's source boots and shows the bad pud of 6.1") {
  const Run run = run_plan(plan("built"), fresh_directory("built"), {}, 100min);
  check_whole(run, 0, 1);
  const auto found = titles(cell(run, "built-6.1/l1/mm/dax_1g_mprotect"));
  CHECK(std::find(found.begin(), found.end(), "bad pud") != found.end());
}
