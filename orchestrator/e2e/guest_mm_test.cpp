// ci/plans/mm.yaml, the part of it that ci/test has time for: page-table entries beyond mprotect.
#include <doctest/doctest.h>
#include <re2/re2.h>

#include "e2e/support.hpp"

namespace kproof::e2e::guest_mm_test {
namespace fs = std::filesystem;

static const Run& run() {
  static const Run run = run_plan(fs::path(KPROOF_TEST_DIR "/../../ci/plans/mm.yaml"),
                                  fresh_directory("mm"), {"--case", "mm/thp_entries"});
  return run;
}

TEST_CASE("each kind of entry is as the plan expects") {
  check_whole(run(), 0, 2);
}

TEST_CASE("memory that fails because a case asks for it is no finding") {
  for (const char* kernel : {"debian-6.1", "debian-6.12"}) {
    const Json& thp = cell(run(), std::string(kernel) + "/l1/mm/thp_entries");
    CHECK(thp.at("verdict") == "pass");
    CHECK(titles(thp).empty());
    CHECK(RE2::PartialMatch(read_log(run(), thp, "console"),
                            R"(Memory failure: 0x[0-9a-f]+: Sending SIGBUS to thp_entries:)"));
  }
}

}  // namespace kproof::e2e::guest_mm_test
