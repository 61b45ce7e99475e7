#include "cache/choice.hpp"

#include <doctest/doctest.h>

#include "util/error.hpp"

using namespace kproof;
using namespace kproof::cache;
using namespace std::chrono_literals;

namespace {
Entry made(Kind kind, const std::string& name, std::uint64_t bytes, std::chrono::hours age) {
  return {
      .kind = kind, .path = "/c/" + name, .what = name, .bytes = bytes, .used = Time(1000h - age)};
}

Entry part(Kind kind, const std::string& name, std::uint64_t bytes, std::chrono::hours age) {
  Entry entry = made(kind, "tree/" + name, bytes, age);
  entry.tree = "/c/tree";
  return entry;
}

std::string going(const std::vector<Entry>& entries, const Choice& choice) {
  std::string names;
  for (const std::size_t i : choice.going)
    names += entries[i].what + " ";
  return names;
}
}  // namespace

TEST_CASE("what was used least recently goes first, and no more than must") {
  const std::vector<Entry> entries{made(Kind::kernel, "new", 30, 1h),
                                   made(Kind::kernel, "old", 30, 9h),
                                   made(Kind::package, "middle", 30, 5h)};
  CHECK(going(entries, choose(entries, 90)) == "");
  CHECK(going(entries, choose(entries, 89)) == "old ");
  CHECK(going(entries, choose(entries, 30)) == "old middle ");
  CHECK(choose(entries, 30).before == 90);
  CHECK(choose(entries, 30).after == 30);
}

TEST_CASE("what is held stays, and is told as more than the budget") {
  std::vector<Entry> entries{made(Kind::kernel, "held", 50, 9h),
                             made(Kind::kernel, "free", 50, 1h)};
  entries[0].held = true;
  const Choice choice = choose(entries, 10);
  CHECK(going(entries, choice) == "free ");
  CHECK(choice.after == 50);
}

TEST_CASE("a leftover goes whatever the budget, unless somebody works on it") {
  std::vector<Entry> entries{made(Kind::leftover, "a.draft-1", 5, 0h),
                             made(Kind::leftover, "b.gone-1", 5, 0h)};
  entries[0].held = true;
  CHECK(going(entries, choose(entries, 1000)) == "b.gone-1 ");
}

TEST_CASE("of one age, builds go before the tree; with a tree all of its parts go") {
  std::vector<Entry> entries{made(Kind::tree, "tree", 10, 5h), part(Kind::ccache, "ccache", 10, 5h),
                             part(Kind::build, "build-a", 10, 5h)};
  CHECK(going(entries, choose(entries, 25)) == "tree/build-a ");
  CHECK(going(entries, choose(entries, 0)) == "tree/build-a tree/ccache tree ");
  entries[1].used = Time(999h);  // whatever its record says
  CHECK(going(entries, choose(entries, 5)) == "tree/build-a tree/ccache tree ");
  CHECK(choose(entries, 5).after == 0);
}

TEST_CASE("a tree of which a build is held stays") {
  std::vector<Entry> entries{made(Kind::tree, "tree", 10, 5h),
                             part(Kind::build, "build-a", 10, 1h)};
  entries[1].held = true;
  CHECK(going(entries, choose(entries, 0)) == "");
}

TEST_CASE("records and what is not ours are neither counted nor taken, unless they are named") {
  const std::vector<Entry> entries{made(Kind::record, "history", 500, 99h),
                                   made(Kind::other, "x", 500, 99h),
                                   made(Kind::libvirt, "l", 1, 1h)};
  CHECK(choose(entries, 100).before == 1);
  CHECK(going(entries, choose(entries, 0)) == "l ");
  CHECK(going(entries, choose_all(entries, std::nullopt)) == "l ");
  CHECK(going(entries, choose_all(entries, Kind::record)) == "history ");
}

TEST_CASE("the usual budget is a fifth of the file system, and leaves a twentieth of it free") {
  CHECK(usual_budget(1000, 500, 100) == 200);
  CHECK(usual_budget(1000, 50, 300) == 200);
  CHECK(usual_budget(1000, 20, 150) == 120);  // 30 too few are free
  CHECK(usual_budget(1000, 0, 10) == 0);
}

TEST_CASE("a budget is a size or a share") {
  CHECK(parse_budget("2K", "x", 1000) == 2048);
  CHECK(parse_budget("15%", "x", 1000) == 150);
  for (const char* wrong : {"", "much", "120%", "-1", "%"})
    CHECK_THROWS_WITH_AS(parse_budget(wrong, "KPROOF_CACHE_BUDGET", 1000),
                         doctest::Contains("KPROOF_CACHE_BUDGET is `"), ConfigError);
}
