#include "resources/room.hpp"

#include <doctest/doctest.h>

#include "resources/testing.hpp"

using namespace kproof::resources;

static Limits limits_of(std::uint64_t cores, std::uint64_t memory) {
  return {.cores = {{cores, cores, "", {}}},
          .memory = {{memory, memory, "", {}}},
          .huge_pages = {{kPage2M, {{300, 300, "", {}}}}},
          .place = {}};
}

static Claim run_with(unsigned vcpus, std::uint64_t memory) {
  return {.run = "other", .pid = 7, .held = {.vcpus = vcpus, .memory = memory}};
}

static Room seen_by(const Limits& limits, const Claim& mine, const std::vector<Claim>& others) {
  return room_for(limits, {}, mine, others);
}

TEST_CASE("what one run holds is not there for another") {
  const Room seen = seen_by(limits_of(8, 10 * GiB), {}, {run_with(2, 3 * GiB), run_with(1, GiB)});
  CHECK(seen.cores == 5);
  CHECK(seen.memory == 6 * GiB);
  CHECK(seen.others);
  CHECK_FALSE(seen.hushed);
}

TEST_CASE("memory that guests have taken already is not subtracted twice") {
  Claim other = run_with(1, 3 * GiB);
  other.taken.memory = 2 * GiB;  // what is available is less by that
  CHECK(seen_by(limits_of(8, 10 * GiB), {}, {other}).memory == 9 * GiB);
  other.taken.memory = 9 * GiB;  // of something else, or of one who lies
  CHECK(seen_by(limits_of(8, 10 * GiB), {}, {other}).memory == 10 * GiB);
}

TEST_CASE("huge pages are counted alike, and not where a run has some of two sizes") {
  Claim mine;
  mine.held.huge_pages[kPage2M] = 200;
  mine.taken.huge = 200 * kPage2M;
  CHECK(seen_by(limits_of(8, GiB), mine, {}).huge_pages.at(kPage2M) == 300);
  mine.held.huge_pages[kPage1G] = 1;
  CHECK(seen_by(limits_of(8, GiB), mine, {}).huge_pages.at(kPage2M) == 100);
}

TEST_CASE("of all limits the one that leaves least counts") {
  Limits limits = limits_of(64, 100 * GiB);
  limits.cores.push_back({4, 4, "", {Scope::Of::cpu_cgroup, "/small"}});
  limits.memory.push_back({6 * GiB, 5 * GiB, "", {Scope::Of::memory_cgroup, "/small"}});
  CHECK(seen_by(limits, {}, {}).cores == 4);
  CHECK(seen_by(limits, {}, {}).memory == 5 * GiB);
}

TEST_CASE(
    "a run outside of a control group takes nothing of what the group may use, one within does") {
  Limits limits = limits_of(64, 100 * GiB);
  limits.cores.push_back({4, 4, "", {Scope::Of::cpu_cgroup, "/small"}});
  Claim other = run_with(3, GiB);
  other.place.cpu_cgroup = "/large";
  CHECK(seen_by(limits, {}, {other}).cores == 4);
  other.place.cpu_cgroup = "/small/inner";
  CHECK(seen_by(limits, {}, {other}).cores == 1);
}

TEST_CASE("what another run waits for, for longer, is kept for it") {
  Claim other = run_with(0, 0), mine;
  other.wanted = Wanted{{.vcpus = 3, .memory = 4 * GiB}, 100};
  mine.wanted = Wanted{{}, 200};
  CHECK(seen_by(limits_of(8, 10 * GiB), mine, {other}).cores == 5);
  CHECK(seen_by(limits_of(8, 10 * GiB), mine, {other}).memory == 6 * GiB);
  mine.wanted->since = 50;
  CHECK(seen_by(limits_of(8, 10 * GiB), mine, {other}).cores == 8);
}

TEST_CASE("of two runs that wait since the same moment exactly one goes first") {
  Claim a{.pid = 1, .wanted = Wanted{{}, 5}}, b{.pid = 2, .wanted = Wanted{{}, 5}};
  CHECK(waits_longer(a, b));
  CHECK_FALSE(waits_longer(b, a));
}

TEST_CASE(
    "a cell that measures time hushes the other runs, and so does one that waits for longer") {
  Claim other = run_with(2, GiB), mine;
  other.held.quiet = true;
  CHECK(seen_by(limits_of(8, 10 * GiB), mine, {other}).hushed);
  other = run_with(0, 0);
  other.wanted = Wanted{{.vcpus = 1, .quiet = true}, 100};
  mine.wanted = Wanted{{}, 200};
  CHECK(seen_by(limits_of(8, 10 * GiB), mine, {other}).hushed);
  mine.wanted->since = 50;
  CHECK_FALSE(seen_by(limits_of(8, 10 * GiB), mine, {other}).hushed);
}

TEST_CASE("a claim of more than all there is leaves nothing, and no less") {
  const Room seen =
      seen_by(limits_of(8, GiB), {}, {run_with(1u << 30, ~0ull), run_with(1u << 30, ~0ull)});
  CHECK(seen.cores == 0);
  CHECK(seen.memory == 0);
}

TEST_CASE("what is lacking is said in words, each with what is free") {
  Room small{.cores = 0, .memory = GiB, .huge_pages = {{kPage2M, 10}}, .shared = GiB / 2};
  CHECK(lacks({.vcpus = 2, .memory = 3 * GiB, .huge_pages = {{kPage2M, 256}}, .shared = GiB},
              small) == std::vector<std::string>{"2 cores", "3.0 GiB of memory (1.0 GiB are free)",
                                                 "256 huge pages of 2M (10 are free)",
                                                 "1.0 GiB for its NVDIMM (0.5 GiB are free)"});
  CHECK(lacks({}, small).empty());
  small.others = true;
  CHECK(lacks({.quiet = true}, small) == std::vector<std::string>{"a quiet host"});
}
