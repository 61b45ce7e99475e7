// A plan with a matrix: few cells that show all pairs of values, and what goes with a failure.
#include <set>

#include <doctest/doctest.h>

#include "e2e/support.hpp"

namespace kproof::e2e::guest_matrix_test {

static const Run& the_run() {
  static const Run run = run_plan(plan("matrix"), fresh_directory("matrix"));
  return run;
}

TEST_CASE("four of eight cells run, named from their values, and are as the plan expects") {
  check_whole(the_run(), 0, 4);
  std::set<std::string> pairs;
  for (const Json& one : the_run().results.at("cells")) {
    const Json& axes = one.at("axes");
    REQUIRE(axes.size() == 3);
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t k = 0; k < i; ++k)
        pairs.insert(axes[k].at("value").get<std::string>() + " " +
                     axes[i].at("value").get<std::string>());
  }
  CHECK(pairs.size() == 12);
}

TEST_CASE("the cell that the plan includes is there, and has the parameter of its case") {
  const Json& fails = cell(the_run(), "debian-6.1/vcpus1/mm/bad_pud");
  CHECK(fails.at("verdict") == "fail");
  CHECK(fails.at("args") == Json::array({"--seconds", "0.1"}));
}

TEST_CASE("the summary says which values go with the failure") {
  const std::string& out = the_run().process.out;
  CHECK(out.find("finding: bad pud\n    in the one cell with ") != std::string::npos);
  CHECK(out.find("kernel=debian-6.1 and case=mm/bad_pud") != std::string::npos);
  CHECK(out.find("and in none of 3 others") != std::string::npos);
}

}  // namespace kproof::e2e::guest_matrix_test
