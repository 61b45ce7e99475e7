#include "verdict/starved.hpp"

#include "verdict/doubt.hpp"
#include "verdict/scene.hpp"

using namespace kproof;
using namespace kproof::verdict;

namespace {
// A guest that reports a soft lockup, whose CPU waited so long of 20 s for one of the host's.
struct Stalled : Scene {
  explicit Stalled(util::Millis starved) {
    outcome.starved = starved;
    observation.findings = {{.title = "BUG: soft lockup in ptep_clear_flush", .type = "HANG"}};
  }
  std::string sign() const { return starved_sign({&observation, 1}); }
};
}  // namespace

using std::chrono::seconds;

TEST_CASE("a stall of a guest that had no CPU is its host's, whatever runs it") {
  const Stalled scene(seconds(18));
  const std::string sign =
      "L1 stalled (BUG: soft lockup in ptep_clear_flush), but this host gave it no CPU for 18.0s "
      "of "
      "20.0s";
  CHECK(scene.sign() == sign);
  for (const bool emulated : {true, false})
    CHECK(doubt(emulated, {&scene.observation, 1}, scene.judge()).of == Doubt::Of::host);
}

TEST_CASE("a stall of a guest that ran is the kernel's") {
  CHECK(Stalled(seconds(9)).sign() == "");
}

TEST_CASE("a stall that the kernel died of is doubted likewise") {
  Stalled scene(seconds(18));
  scene.outcome.end = Panicked{Phase::test};  // softlockup_panic
  scene.observation.findings[0].panicked = true;
  CHECK(scene.sign() != "");
}

TEST_CASE("whatever else was seen of a starved guest counts") {
  Stalled warned(seconds(18)), not_ok(seconds(18));
  warned.find("WARNING in foo");
  CHECK(warned.sign() == "");
  not_ok.fail_subtest();
  CHECK(not_ok.sign() == "");
}

TEST_CASE("a starved guest that reports nothing has no stall") {
  Stalled scene(seconds(18));
  scene.observation.findings.clear();
  CHECK(scene.sign() == "");
}

TEST_CASE("a guest inside stalls with the one around it") {
  Stalled outer(seconds(18)), inner(seconds(0));
  outer.observation.findings.clear();
  inner.observation.level = 2;
  const std::vector<Observation> levels{outer.observation, inner.observation};
  CHECK(starved_sign(levels).starts_with("L2 stalled (BUG: soft lockup"));
}

TEST_CASE("a stall that was declared is not doubted") {
  Stalled scene(seconds(18));
  scene.expectation = {
      .verdict = Verdict::fail, .findings = {"^BUG: soft lockup"}, .place = "p.yaml:1:1"};
  REQUIRE(scene.judge().expected);
  CHECK(doubt(true, {&scene.observation, 1}, scene.judge()).of == Doubt::Of::nothing);
}
