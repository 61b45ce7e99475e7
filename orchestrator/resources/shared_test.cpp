#include "resources/shared.hpp"

#include <doctest/doctest.h>

#include "resources/testing.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::resources;

static Limit memory_with(std::uint64_t free) {
  return {.total = 16 * GiB, .now = free, .why = "/dev/shm has it"};
}

static bool says(const SharedPlace& place, const std::string& part) {
  return place.said.find(part) != std::string::npos;
}

TEST_CASE("NVDIMMs are in memory where all that run at once have room, and nothing is said") {
  const auto place = choose_place(6 * GiB, 3 * GiB, memory_with(6 * GiB), "/tmp");
  CHECK(place.in_memory);
  CHECK(place.said.empty());
}

TEST_CASE("where only some have room they are in memory, and it is said that fewer run at once") {
  const auto place = choose_place(6 * GiB, 3 * GiB, memory_with(4 * GiB), "/tmp");
  CHECK(place.in_memory);
  CHECK(says(place, "/dev/shm has it, and cells could use 6.0 GiB at once, so that fewer run"));
}

TEST_CASE("where not even the largest has room they are on the disk, and it is said how to help") {
  const auto place = choose_place(6 * GiB, 3 * GiB, memory_with(GiB / 16), "/tmp");
  CHECK_FALSE(place.in_memory);
  CHECK(says(place, "NVDIMMs are files in /tmp, on a disk, which is slower"));
  CHECK(says(place, "the largest needs 3.0 GiB"));
  CHECK(says(place, "--shm-size"));
}

TEST_CASE("a run without NVDIMMs says nothing of them, also without /dev/shm") {
  CHECK(choose_place(0, 0, memory_with(0), "/tmp").said.empty());
  const auto place = choose_place(0, 0, {}, "/tmp");
  CHECK_FALSE(place.in_memory);
  CHECK(place.said.empty());
}

TEST_CASE("a directory that is not there has no room") {
  CHECK(shared_space("/no/such/directory").total == 0);
  CHECK(shared_space("").total == 0);
  CHECK(file_system_of("/no/such/directory").empty());
  const util::ScratchDir scratch("kproof-test-");
  CHECK(shared_space(scratch.path()).total > 0);
  CHECK(file_system_of(scratch.path()) == file_system_of(scratch.path().parent_path()));
}
