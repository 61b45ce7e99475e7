// Known issues: visible, and expected until their entry expires, on the kernels it names.
#include <doctest/doctest.h>

#include "e2e/support.hpp"

namespace kproof::e2e::guest_known_test {

static const Run& the_run() {
  static const Run run = run_plan(plan("known"), fresh_directory("known"));
  return run;
}

TEST_CASE("a known issue that has expired is reported, and the run exits with 1") {
  check_whole(the_run(), 1, 4);
  CHECK(the_run().process.err.find("known_issues.yaml:8:5: this known issue expired on 2020-01-31 "
                                   "(https://lore.kernel.org/example/expired)") !=
        std::string::npos);
}

TEST_CASE("a known finding is visible and expected, on the kernels of its range") {
  const Json& known = cell(the_run(), "debian-6.1/l1/selftest/hung_task");
  CHECK(known.at("verdict") == "fail");
  CHECK(known.at("expected") == true);
  CHECK(titles(known) == std::vector<std::string>{"INFO: task hung in pipe_read"});
  check_ending(the_run(), "debian-6.1/l1/selftest/hung_task",
               {"fail", "kernel", "finding: INFO: task hung in pipe_read \\(known\\)"});
}

TEST_CASE("an expired entry excuses nothing") {
  const Json& expired = cell(the_run(), "debian-6.12/l1/selftest/hung_task");
  CHECK(expired.at("expected") == false);
  check_ending(
      the_run(), "debian-6.12/l1/selftest/hung_task",
      {"fail", "kernel", "finding: INFO: task hung in pipe_read \\(known until 2020-01-31\\).*"});
}

TEST_CASE("the bad pud of 6.1 is known: only the subtests need a declaration") {
  const Json& bad_pud = cell(the_run(), "debian-6.1/l1/mm/bad_pud");
  CHECK(bad_pud.at("verdict") == "fail");
  CHECK(bad_pud.at("expected") == true);
  CHECK(titles(bad_pud) == std::vector<std::string>{"bad pud"});
  CHECK(cell(the_run(), "debian-6.12/l1/mm/bad_pud").at("verdict") == "pass");
}

}  // namespace kproof::e2e::guest_known_test
