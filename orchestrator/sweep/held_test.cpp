#include "sweep/held.hpp"

#include <doctest/doctest.h>

using namespace kproof;
using namespace kproof::sweep;
using model::Verdict;

TEST_CASE("a guest that somebody was in cannot pass, and is no failure of its kernel") {
  model::Judgement judgement{.verdict = Verdict::pass, .reason = "2 of 2", .expected = true};
  note_visits(judgement, {"gdb", "shell"});
  CHECK(judgement.verdict == Verdict::broken);
  CHECK(judgement.blame == model::Blame::host);
  CHECK_FALSE(judgement.expected);
  CHECK(judgement.reason ==
        "it would have passed, but somebody was in the guest (gdb, shell): run it again");
}

TEST_CASE("what failed has failed, and who was there is told") {
  model::Judgement judgement{.verdict = Verdict::fail,
                             .blame = model::Blame::kernel,
                             .reason = "bad pud",
                             .expected = true};
  note_visits(judgement, {"monitor"});
  CHECK(judgement.verdict == Verdict::fail);
  CHECK(judgement.expected);
  CHECK(judgement.reason == "bad pud; somebody was in the guest (monitor), and may have caused it");
}

TEST_CASE("nobody was there: not a word") {
  model::Judgement judgement{.verdict = Verdict::pass, .reason = "2 of 2"};
  note_visits(judgement, {});
  CHECK(judgement.reason == "2 of 2");
}
