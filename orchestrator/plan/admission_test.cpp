#include "plan/admission.hpp"

#include <doctest/doctest.h>

#include "util/error.hpp"

using namespace kproof;
using plan::Capacity;
using plan::Needs;

constexpr std::uint64_t GiB = 1ull << 30;

TEST_CASE("as many equal cells run as there are cores for their vcpus, rounded up, at least one") {
  for (unsigned cores = 1; cores <= 16; ++cores)
    for (unsigned vcpus = 1; vcpus <= 20; ++vcpus) {
      const std::vector<Needs> waiting(40, {vcpus, GiB});
      CAPTURE(cores);
      CAPTURE(vcpus);
      CHECK(plan::startable({}, waiting, {cores, 100 * GiB}) == (cores + vcpus - 1) / vcpus);
    }
}

TEST_CASE("running cells count against cores and memory") {
  const std::vector<Needs> running{{2, 2 * GiB}};
  const std::vector<Needs> waiting{{2, 2 * GiB}, {2, 2 * GiB}};
  CHECK(plan::startable(running, waiting, {2, 64 * GiB}) == 0);
  CHECK(plan::startable(running, waiting, {4, 64 * GiB}) == 1);
  CHECK(plan::startable(running, waiting, {8, 5 * GiB}) == 1);
  CHECK(plan::startable(running, waiting, {8, 3 * GiB}) == 0);
}

TEST_CASE("a small cell does not overtake a large one") {
  const std::vector<Needs> running{{1, 2 * GiB}};
  const std::vector<Needs> waiting{{1, 4 * GiB}, {1, GiB}};
  CHECK(plan::startable(running, waiting, {8, 5 * GiB}) == 0);
  CHECK(plan::startable({}, waiting, {8, 5 * GiB}) == 2);
}

TEST_CASE("whatever fits alone starts on an idle host") {
  const std::vector<Needs> waiting{{64, 8 * GiB}};
  CHECK(plan::startable({}, waiting, {1, 8 * GiB}) == 1);
}

TEST_CASE("a cell that can never fit is told at once, with the numbers") {
  CHECK_NOTHROW(plan::require_fit({64, 8 * GiB}, {1, 8 * GiB}, "a/l1/mm/x"));
  CHECK_THROWS_WITH_AS(plan::require_fit({1, 9 * GiB}, {1, 8 * GiB}, "a/l1/mm/x"),
                       "a/l1/mm/x needs 9.0 GiB of memory (9663676416 bytes); this host has 8.0 "
                       "GiB (8589934592 bytes) for guests",
                       HostError);
}

TEST_CASE("a cell that measures time waits for the others, and they for it") {
  const Capacity capacity{.cores = 8, .memory = 100};
  const Needs plain{.vcpus = 1, .memory = 1}, alone{.vcpus = 1, .memory = 1, .alone = true};
  CHECK(startable({}, std::vector{alone, plain}, capacity) == 1);
  CHECK(startable(std::vector{plain}, std::vector{alone, plain}, capacity) == 0);
  CHECK(startable(std::vector{alone}, std::vector{plain}, capacity) == 0);
  CHECK(startable({}, std::vector{plain, alone, plain}, capacity) == 1);
}
