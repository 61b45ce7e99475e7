// kproof series and kproof bisect with real guests, on kernels that need no compiling: 6.12 is the
// good one, and 6.1 the one on which mprotect of a 1 GiB devdax mapping fails.
#include <algorithm>

#include <doctest/doctest.h>

#include "e2e/leftovers.hpp"
#include "e2e/stand_in.hpp"
#include "e2e/support.hpp"

namespace kproof::e2e::guest_series_test {
using namespace std::chrono_literals;
using enum StandIn::Kernel;

// On 6.1 a write gets through by a stale translation of the TLB, which a busy host may not keep for
// the fewest windows of the race: half a second of them, and it is not ok each time.
static constexpr const char* kCases =
    "  - { case: mm/dax_1g_mprotect, args: [--seconds, \"0.5\"] }\n"
    "  - { case: mm/thp_mprotect, args: [--size, 4M, --seconds, \"0\"] }\n";

static std::string changes(const Json& matrix, std::size_t column) {
  std::string text;
  for (const Json& entry : matrix.at("columns").at(column).at("entries"))
    text +=
        entry.at("change").get<std::string>() + ":" + entry.at("verdict").get<std::string>() + " ";
  return text;
}

TEST_CASE("a series with a regression, a patch that does not build, and a fix") {
  const StandIn source;
  source.commit("a regression", debian_6_1);
  source.commit_broken("does not compile");
  source.commit_mended("compiles again");
  source.commit("a fix", debian_6_12);
  const auto out = fresh_directory("stand-in-series");
  const Run run = run_series(source.plan(kCases), "v0..main", out, 8min);
  INFO(run.process.err);
  CHECK(run.process.exit_code == 1);
  const Json& matrix = run.results.at("series");
  CHECK(changes(matrix, 0) == "unknown:pass introduced:fail unknown: unchanged:fail fixed:pass ");
  CHECK(changes(matrix, 1) ==
        "unknown:pass unchanged:pass unknown: unchanged:pass unchanged:pass ");
  CHECK(matrix.at("problems") ==
        Json({"1/4 introduces mm/dax_1g_mprotect: fail", "2/4 does not build"}));
  const std::string why = matrix.at("rows").at(2).at("unbuilt");
  CHECK(why.find("mm/a.c:1:9: error: 'nope' undeclared here") != std::string::npos);
  CHECK(why.find("mm/a.c was last touched by patch 2 of 2, \"2/4 does not compile\"") !=
        std::string::npos);
  CHECK(run.process.out.find("DOES NOT BUILD: does not compile") != std::string::npos);
  CHECK(left_by_run(out) == std::vector<std::string>{});

  // Again, nothing boots; and a patch less is another series, whose cells are there already.
  const Run again = run_series(source.plan(kCases), "v0..main~1", out, 2min);
  INFO(again.process.err);
  INFO(again.process.out);
  CHECK(again.process.out.find("(6 kept from an earlier run)") != std::string::npos);
  CHECK(again.process.exit_code == 1);
}

static Run run_bisect(const StandIn& source, const std::filesystem::path& out,
                      const std::string& bad) {
  return run_kproof({"bisect", "--good", "v0", "--bad", bad, "--case", "mm/dax_1g_mprotect",
                     source.plan(kCases).string(), "--out", out.string()},
                    out, 8min);
}

TEST_CASE(
    "bisect finds the first bad revision, across one that does not build, and goes on from what is "
    "kept") {
  const StandIn source;
  source.commit_mended("two");
  source.git("tag v2");
  source.commit_broken("does not compile");
  source.commit_broken("nor does this, which is tried first");
  source.commit_mended("five");
  source.commit("the culprit", debian_6_1);
  source.commit_mended("seven");
  const auto out = fresh_directory("stand-in-bisect");
  const Run run = run_bisect(source, out, "main");
  INFO(run.process.err);
  CHECK(run.process.exit_code == 0);
  CHECK(run.process.out.find("The first bad revision is\n  ") != std::string::npos);
  CHECK(run.process.out.find(" the culprit\n") != std::string::npos);
  const Json& bisect = run.results.at("bisect");
  CHECK(bisect.at("first_bad").size() == 1);
  CHECK(bisect.at("interrupted") == false);
  const Json& steps = bisect.at("steps");
  REQUIRE(steps.size() >= 3);
  CHECK(steps.at(0).at("outcome") == "good");
  CHECK(steps.at(1).at("outcome") == "bad");
  CHECK(steps.at(2).at("outcome") == "skipped");
  const std::string why = steps.at(2).at("reason");
  CHECK(why.find("mm/a.c:1:9: error: 'nope' undeclared here") != std::string::npos);

  const Run again = run_bisect(source, out, "main");
  CHECK(again.process.exit_code == 0);
  CHECK(again.process.err.find(": started") == std::string::npos);
  CHECK(again.results.at("bisect") == bisect);

  const Run wrong = run_bisect(source, fresh_directory("stand-in-bisect-2"), "v2");
  CHECK(wrong.process.exit_code == 2);
  CHECK(wrong.process.err.find("--bad ") != std::string::npos);
  CHECK(wrong.process.err.find(" is not bad but good: 1 cell is as the plan expects") !=
        std::string::npos);
}

TEST_CASE(
    "when only revisions that do not build are left, bisect names those that may be the first bad "
    "one") {
  const StandIn source;
  source.commit_broken("does not compile");
  source.commit("nor here", debian_6_1);
  source.commit_mended("compiles again");
  const auto out = fresh_directory("stand-in-skipped");
  const Run run = run_bisect(source, out, "main");
  INFO(run.process.err);
  CHECK(run.process.exit_code == 1);
  CHECK(run.results.at("bisect").at("first_bad").size() == 3);
  CHECK(run.process.out.find("Only skipped revisions are left") != std::string::npos);
}

}  // namespace kproof::e2e::guest_series_test
