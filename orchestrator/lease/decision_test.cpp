#include "lease/decision.hpp"

#include <doctest/doctest.h>

using namespace kproof;
using namespace kproof::lease;
using namespace std::chrono_literals;

namespace {

const Holder kSelf{"node1", "boot-a", "pid:[1]", 10, 100, "w1"};
const Holder kOther{"node2", "boot-b", "pid:[1]", 20, 200, "w2"};

Seen seen(const Holder& holder, util::Millis unchanged, State state = State::held,
          std::optional<bool> runs = {}) {
  return {Record{.holder = holder, .state = state, .since = "then"}, unchanged, runs};
}

const Seen kCorrupt{std::nullopt, 61s};
const Seen kGone = seen(kOther, 61s);
const Seen kBack = seen(kOther, 61s, State::given_back);

struct Row {
  const char* sentence;
  std::vector<Seen> attempts;
  What what;
  std::size_t failed;
};

}  // namespace

TEST_CASE("what may be done with a cell follows from its leases") {
  const Row rows[] = {
      {"nobody had it", {}, What::fresh, 0},
      {"it is ours", {seen(kSelf, 0s)}, What::mine, 0},
      {"it is ours, though nothing of it changed for long", {seen(kSelf, 99s)}, What::mine, 0},
      {"another's heart beats", {seen(kOther, 59s)}, What::held, 0},
      {"another's heart beats no more", {seen(kOther, 60s)}, What::stale, 1},
      {"its process runs here, whatever it wrote",
       {seen(kOther, 59s, State::held, true)},
       What::held,
       0},
      {"its process ran here, and is gone", {seen(kOther, 0s, State::held, false)}, What::stale, 1},
      {"its process hangs", {seen(kOther, 60s, State::held, true)}, What::stale, 1},
      {"it is nonsense since a moment: its holder may mend it",
       {{std::nullopt, 59s}},
       What::held,
       0},
      {"it is nonsense, and nobody mends it", {kCorrupt}, What::corrupt, 1},
      {"it was given back", {seen(kOther, 0s, State::given_back)}, What::fresh, 0},
      {"it was given back by us", {seen(kSelf, 0s, State::given_back)}, What::fresh, 0},
      {"its host failed", {seen(kOther, 0s, State::failed)}, What::fresh, 1},
      {"three hosts failed",
       {seen(kOther, 0s, State::failed), kGone, seen(kOther, 0s, State::failed)},
       What::exhausted,
       3},
      {"it has its result", {seen(kOther, 0s, State::done)}, What::done, 0},
      {"it has its result, of which its holder died",
       {seen(kOther, 99s, State::done, false)},
       What::done,
       0},
      {"two failed", {kGone, kCorrupt}, What::corrupt, 2},
      {"two failed and the third lives", {kGone, kCorrupt, seen(kOther, 0s)}, What::held, 0},
      {"three failed", {kGone, kCorrupt, kGone}, What::exhausted, 3},
      {"three failed, and it was given back before",
       {kBack, kGone, kCorrupt, kBack, kGone},
       What::exhausted,
       3},
      {"giving back is no failure", {kBack, kBack, kBack, kBack, kBack}, What::fresh, 0},
      {"an earlier one was slow, and a later one has its result",
       {seen(kOther, 0s), seen(kOther, 0s, State::done)},
       What::done,
       0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    const Decision decision = decide(row.attempts, kSelf, {});
    CHECK(decision.what == row.what);
    CHECK(decision.next == row.attempts.size() + 1);
    CHECK(decision.history.size() == row.failed);
  }
}

TEST_CASE("the history names who had it") {
  const auto history = decide({kGone, kCorrupt}, kSelf, {}).history;
  REQUIRE(history.size() == 2);
  CHECK(history[0] == "attempt 1: w2 (process 20 of node2), since then, is gone");
  CHECK(history[1] == "attempt 2: its lease is corrupt, and nobody mended it");
}

TEST_CASE("a holder is known to run or not where it ran here, and else nothing is known") {
  const Holder self = this_process("me");
  CHECK(self.start_time > 0);
  CHECK(runs(self, self) == true);
  const auto with = [&](auto change) {
    Holder other = self;
    change(other);
    return runs(other, self);
  };
  CHECK(with([](Holder& h) { h.start_time += 1; }) == false);
  CHECK(with([](Holder& h) { h.pid = 0x7fffffff; }) == false);
  CHECK(with([](Holder& h) { h.boot_id = "another"; }) == false);
  CHECK_FALSE(with([](Holder& h) { h.host = "another"; }));
  CHECK_FALSE(with([](Holder& h) { h.pid_namespace = "another"; }));
}

TEST_CASE("a record reads back as it was written, and nothing else is one") {
  const Record record{.holder = kOther,
                      .state = State::given_back,
                      .beat = 7,
                      .since = "s",
                      .until = "u",
                      .why = "two\nlines"};
  const std::string text = to_text(record);
  CHECK(text.size() == kRecordSize);
  const auto back = parse(text);
  REQUIRE(back);
  CHECK(back->holder == kOther);
  CHECK(back->state == State::given_back);
  CHECK(back->beat == 7);
  CHECK(back->why == "two lines");
  for (std::size_t i = 0; i < text.size(); i += 7) {
    std::string bad = text;
    bad[i] = bad[i] == 'x' ? 'y' : 'x';
    CHECK_FALSE(parse(bad));
  }
  for (const std::string& bad : {std::string(), std::string(kRecordSize, '\0'),
                                 text.substr(0, text.size() - 1), text + "\n"})
    CHECK_FALSE(parse(bad));
  Record later = record;
  later.beat = 8;
  CHECK_FALSE(parse(text.substr(0, 512) + to_text(later).substr(512)));
}

TEST_CASE("what is too long for a record is cut") {
  Record record{.holder = kOther};
  record.holder.worker = record.holder.host = std::string(5000, 'w');
  record.since = record.until = record.why = std::string(5000, 's');
  CHECK(parse(to_text(record)));
}
