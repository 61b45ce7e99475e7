#include "resources/admission.hpp"

#include <doctest/doctest.h>

#include "resources/testing.hpp"

using namespace kproof::resources;

using Indices = std::vector<std::size_t>;

static Room idle(std::int64_t cores, std::uint64_t memory) {
  return {.cores = cores, .memory = memory, .huge_pages = {}};
}

static Waiting plain_cell(unsigned vcpus, std::uint64_t memory) {
  return {.needs = {.vcpus = vcpus, .memory = memory}};
}

static Waiting timed(unsigned round = 0) {
  return {.needs = {.vcpus = 1, .memory = 1, .quiet = true}, .round = round};
}

static Indices chosen_of(const std::vector<Waiting>& waiting, const Room& room,
                         unsigned overtaken = 8) {
  return startable({}, waiting, room, {.overtaken = overtaken});
}

TEST_CASE("as many equal cells run as there are cores for their vCPUs, rounded up, at least one") {
  for (unsigned cores = 1; cores <= 16; ++cores)
    for (unsigned vcpus = 1; vcpus <= 20; ++vcpus) {
      const std::vector<Waiting> waiting(40, plain_cell(vcpus, GiB));
      CAPTURE(cores);
      CAPTURE(vcpus);
      CHECK(chosen_of(waiting, idle(cores, 100 * GiB)).size() == (cores + vcpus - 1) / vcpus);
    }
}

TEST_CASE("whatever fits alone starts on an idle host") {
  CHECK(chosen_of({plain_cell(64, 8 * GiB)}, idle(1, 8 * GiB)) == Indices{0});
}

TEST_CASE("no more cells run at once than the user allows, however large the host is") {
  const std::vector<Waiting> waiting(10, plain_cell(1, 1));
  CHECK(startable({}, waiting, idle(64, GiB), {.jobs = 3}) == Indices{0, 1, 2});
  const std::vector<Needs> running(3);
  CHECK(startable(running, waiting, idle(64, GiB), {.jobs = 3}).empty());
}

TEST_CASE("of two cells that want all huge pages one runs, and one that wants none beside it") {
  Room room = idle(8, 10 * GiB);
  room.huge_pages[kPage2M] = 256;
  Waiting huge = plain_cell(1, GiB);
  huge.needs.huge_pages[kPage2M] = 256;
  CHECK(chosen_of({huge, huge, plain_cell(1, GiB)}, room) == Indices{0, 2});
}

TEST_CASE("a smaller cell overtakes one that does not fit") {
  CHECK(chosen_of({plain_cell(1, 4 * GiB), plain_cell(1, GiB), plain_cell(1, 4 * GiB),
                   plain_cell(1, GiB)},
                  idle(8, 2 * GiB)) == Indices{1, 3});
}

TEST_CASE("one that was overtaken as often as may be is overtaken no more") {
  Waiting large = plain_cell(1, 4 * GiB);
  large.overtaken = 6;
  const std::vector<Waiting> waiting{large, plain_cell(1, 1), plain_cell(1, 1), plain_cell(1, 1)};
  CHECK(chosen_of(waiting, idle(8, GiB), 8) == Indices{1, 2});
  CHECK(chosen_of(waiting, idle(8, GiB), 6).empty());
}

// A host whose cells end one after another, the first that started first.
static unsigned starts_before_the_large_one(unsigned cores, unsigned small) {
  std::vector<Waiting> waiting{plain_cell(1, 1), plain_cell(cores, 8 * GiB)};
  for (unsigned i = 0; i < small; ++i)
    waiting.push_back(plain_cell(1, GiB));
  std::vector<Needs> running;
  for (unsigned before = 0;;) {
    Room room = idle(cores, 8 * GiB);
    for (const Needs& needs : running)
      take(room, needs);
    const Indices chosen = startable(running, waiting, room, {.overtaken = cores});
    for (std::size_t n = chosen.size(); n-- > 0;) {
      if (waiting[chosen[n]].needs.memory == 8 * GiB) return before;
      for (std::size_t i = 0; i < chosen[n]; ++i)
        ++waiting[i].overtaken;
      running.push_back(waiting[chosen[n]].needs);
      waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(chosen[n]));
      ++before;
    }
    if (running.empty()) return before;
    running.erase(running.begin());
  }
}

TEST_CASE("a large cell amid any number of small ones starts after as many as there are cores") {
  for (const unsigned cores : {2u, 4u, 8u}) {
    CAPTURE(cores);
    CHECK(starts_before_the_large_one(cores, 1000) <= cores + 1);
  }
}

TEST_CASE("no cell of a later round overtakes one of an earlier round") {
  Waiting large = plain_cell(1, 4 * GiB), next = plain_cell(1, 1);
  next.round = 1;
  CHECK(chosen_of({large, plain_cell(1, 1), next}, idle(8, GiB)) == Indices{1});
  CHECK(chosen_of({plain_cell(1, 1), next}, idle(8, GiB)) == Indices{0, 1});
}

TEST_CASE("a cell that measures time waits for the others, and they for it") {
  const Waiting plain = plain_cell(1, 1);
  const std::vector<Needs> one_plain{plain.needs}, one_quiet{timed().needs};
  CHECK(chosen_of({timed(), plain}, idle(8, GiB)) == Indices{0});
  CHECK(startable(one_plain, std::vector{timed(), plain}, idle(8, GiB), {.overtaken = 8}).empty());
  CHECK(startable(one_quiet, std::vector{plain}, idle(8, GiB), {.overtaken = 8}).empty());
  CHECK(chosen_of({plain, timed(), plain}, idle(8, GiB)) == Indices{0});
}

TEST_CASE(
    "beside cells of other runs nothing quiet starts, and beside a quiet one of theirs nothing") {
  Room room = idle(8, GiB);
  room.others = true;
  CHECK(chosen_of({timed(), plain_cell(1, 1)}, room).empty());
  CHECK(chosen_of({plain_cell(1, 1)}, room) == Indices{0});
  room.hushed = true;
  CHECK(chosen_of({plain_cell(1, 1)}, room).empty());
}

TEST_CASE("the same question has the same answer") {
  std::vector<Waiting> waiting;
  for (unsigned i = 0; i < 50; ++i)
    waiting.push_back(plain_cell(1 + i % 3, (1 + i % 5) * GiB));
  CHECK(chosen_of(waiting, idle(8, 9 * GiB)) == chosen_of(waiting, idle(8, 9 * GiB)));
}

TEST_CASE("NVDIMMs take no more at once than cores, jobs, memory and quiet cells allow") {
  const auto with = [](std::uint64_t shared, bool is_quiet = false) {
    return Needs{.vcpus = 2, .memory = shared, .shared = shared, .quiet = is_quiet};
  };
  const std::vector<Needs> cells(10, with(3 * GiB));
  constexpr unsigned kAny = 1000;
  CHECK(most_shared(cells, idle(64, 1000 * GiB), kAny) == 30 * GiB);
  CHECK(most_shared(cells, idle(5, 1000 * GiB), kAny) == 9 * GiB);
  CHECK(most_shared(cells, idle(64, 1000 * GiB), 2) == 6 * GiB);
  CHECK(most_shared(cells, idle(64, 8 * GiB), kAny) == 8 * GiB);
  const std::vector<Needs> hushed(10, with(3 * GiB, true));
  CHECK(most_shared(hushed, idle(64, 1000 * GiB), kAny) == 3 * GiB);
  CHECK(most_shared({}, idle(64, GiB), kAny) == 0);
}
