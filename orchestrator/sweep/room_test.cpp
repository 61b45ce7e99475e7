#include "sweep/room.hpp"

#include <doctest/doctest.h>

#include "util/error.hpp"

using namespace kproof;
using namespace kproof::sweep;
using resources::Limits;

static constexpr std::uint64_t kG = 1ull << 30, kM = 1ull << 20;

static PreparedCell cell_of(const model::Level& level) {
  PreparedCell cell;
  cell.cell.id = "k/l1/mm/x";
  cell.cell.topology.place = "p.yaml:3:5";
  cell.levels.push_back({.level = level});
  return cell;
}

TEST_CASE("a cell takes its RAM, its NVDIMM, which is memory too, and QEMU itself") {
  const auto needs = needs_of(cell_of({.vcpus = 2, .memory = 2 * kG, .nvdimm = 3 * kG}));
  CHECK(needs.vcpus == 2);
  CHECK(needs.memory == 5 * kG + 512 * kM);
  CHECK(needs.shared == 3 * kG);
  CHECK(needs.huge_pages.empty());
}

TEST_CASE("RAM of huge pages is not charged to the memory besides") {
  const auto needs = needs_of(cell_of({.memory = 512 * kM, .backing = model::Backing::hugetlb_2m}));
  CHECK(needs.memory == 512 * kM);  // QEMU itself
  CHECK(needs.huge_pages.at(resources::kPage2M) == 256);
  const auto large = needs_of(cell_of({.memory = 3 * kG, .backing = model::Backing::hugetlb_1g}));
  CHECK(large.huge_pages.at(resources::kPage1G) == 3);
}

TEST_CASE("a cell that is not booted takes nothing, and waits for nobody") {
  PreparedCell cell = cell_of({.memory = 900 * kG});
  cell.quiet = true;
  cell.unmet = {"the kernel has no module nfit"};
  CHECK(needs_of(cell) == resources::Needs{});
}

static Limits host_with(std::uint64_t memory, std::uint64_t pages) {
  return {.cores = {{1, 1, "", {}}},
          .memory = {{memory, 0, "memory.max of /x is 8.0 GiB", {}}},
          .huge_pages = {{resources::kPage2M, {{pages, 0, "the pool has few", {}}}},
                         {resources::kPage1G, {{0, 0, "", {}}}}},
          .place = {}};
}

TEST_CASE("a cell that can never fit is told at once, with the numbers and who sets them") {
  CHECK_NOTHROW(require_memory({.vcpus = 64, .memory = 8 * kG}, host_with(8 * kG, 0), "a/l1/mm/x"));
  CHECK_THROWS_WITH_AS(
      require_memory({.memory = 9 * kG}, host_with(8 * kG, 0), "a/l1/mm/x"),
      "a/l1/mm/x needs 9.0 GiB of memory (9663676416 bytes); this host has 8.0 GiB (8589934592 "
      "bytes) for guests: memory.max of /x is 8.0 GiB",
      HostError);
}

TEST_CASE("pages that a pool has not are told with the command that makes them") {
  const resources::Needs needs{.huge_pages = {{resources::kPage2M, 256}}};
  CHECK_NOTHROW(require_hugepages(needs, host_with(kG, 256), "x"));
  try {
    require_hugepages(needs, host_with(kG, 100), "x");
    FAIL("accepted");
  } catch (const HostError& error) {
    CHECK(std::string(error.what()) ==
          "x needs 256 hugetlb pages of 2M, this host has 100: the pool has few");
    CHECK(error.hint() == "echo 256 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages");
  }
}
