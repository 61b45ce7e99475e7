#include "verdict/doubt.hpp"

#include "verdict/scene.hpp"

using namespace kproof;
using namespace kproof::verdict;

// Attempts with these signs of the emulator's; "": without.
static std::vector<Doubt> signs(std::initializer_list<const char*> all) {
  std::vector<Doubt> doubts;
  for (const std::string sign : all)
    doubts.push_back({sign.empty() ? Doubt::Of::nothing : Doubt::Of::emulator, sign});
  return doubts;
}

static std::vector<Doubt> starved(std::size_t attempts) {
  return std::vector<Doubt>(attempts, {Doubt::Of::host, "L1 stalled, but it got no CPU"});
}

static Judgement crashed() {
  Scene scene;
  scene.outcome = {.end = Rebooted{Phase::test}};
  return scene.judge();
}

TEST_CASE("an attempt with a sign is repeated; what repeats is the kernel's") {
  CHECK(weigh(signs({""})) == Weight::stands);
  CHECK(weigh(signs({"a"})) == Weight::again);
  CHECK(weigh(signs({"a", ""})) == Weight::stands);
  CHECK(weigh(signs({"a", "a"})) == Weight::again);
  CHECK(weigh(signs({"a", "a", "a"})) == Weight::stands);
  CHECK(weigh(signs({"a", "b", ""})) == Weight::stands);
}

TEST_CASE("what the emulator does between does not hide what repeats") {
  CHECK(weigh(signs({"b", "a", "a"})) == Weight::again);
  CHECK(weigh(signs({"b", "a", "a", "a"})) == Weight::stands);
  CHECK(weigh(signs({"b", "a", "b", "a"})) == Weight::again);
  CHECK(weigh(signs({"b", "a", "b", "a", "a"})) == Weight::stands);
  CHECK(weigh(signs({"b", "a", "b", "a", ""})) == Weight::stands);
  CHECK(weigh(signs({"b", "a", "b", "a", "c"})) == Weight::undecided);
}

TEST_CASE("the last attempt's judgement says how the attempts ended") {
  const Judgement crash = crashed();
  CHECK(settle(crash, signs({""})).reason == crash.reason);
  const Judgement same = settle(crash, signs({"a", "a", "a"}));
  CHECK(same.verdict == Verdict::crash);
  CHECK(same.reason == "the guest was reset in phase test, unasked; the same in 3 of 3 attempts");
  CHECK(settle(crash, signs({"b", "a", "a", "a"})).reason ==
        "the guest was reset in phase test, unasked; the same in 3 of 4 attempts");
  const Judgement mixed = settle(crash, signs({"a", "b", "c", "a", "b"}));
  CHECK(mixed.verdict == Verdict::broken);
  CHECK(mixed.blame == Blame::host);
  CHECK_FALSE(mixed.expected);
  CHECK(mixed.reason ==
        "QEMU's TCG may have failed, and no kernel, in each of 5 attempts: a; b; c; a; b");
}

TEST_CASE("a host that is too busy three times leaves nothing known, and never blames the kernel") {
  CHECK(weigh(starved(1)) == Weight::again);
  CHECK(weigh(starved(2)) == Weight::again);
  CHECK(weigh(starved(3)) == Weight::undecided);
  const Judgement busy = settle(crashed(), starved(3));
  CHECK(busy.verdict == Verdict::broken);
  CHECK(busy.blame == Blame::host);
  CHECK(busy.reason ==
        "L1 stalled, but it got no CPU, as in 3 of 3 attempts; run it where less else runs");
}

TEST_CASE("a quiet attempt after a busy one counts") {
  auto doubts = starved(2);
  doubts.push_back({});
  CHECK(weigh(doubts) == Weight::stands);
  CHECK(settle(crashed(), doubts).reason == crashed().reason);
}

TEST_CASE("an attempt that is the only one is broken by a doubt, and says what to do") {
  CHECK(settle_at_once(crashed(), {}).verdict == Verdict::crash);
  CHECK(settle_at_once(crashed(), {Doubt::Of::emulator, "a"}).reason ==
        "the guest was reset in phase test, unasked; that may be QEMU's TCG: a; try again");
  CHECK(settle_at_once(crashed(), {Doubt::Of::host, "a"}).reason ==
        "a; try again where less else runs");
}
