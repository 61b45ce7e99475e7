#include "plan/shard.hpp"

#include <map>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "util/error.hpp"

using namespace kproof;
using Names = std::vector<std::string>;

namespace {

std::vector<model::Cell> cells_of(unsigned kernels, unsigned cases, unsigned repetitions = 1) {
  std::vector<model::Cell> cells;
  for (unsigned k = 0; k < kernels; ++k)
    for (unsigned c = 0; c < cases; ++c)
      for (unsigned n = 1; n <= repetitions; ++n) {
        model::Cell cell{.id = fmt::format("k{}/l1/c{}@{}", k, c, n), .repetition = n};
        cell.kernel.name = fmt::format("k{}", k);
        cell.topology.name = "l1";
        cell.test.alias = fmt::format("c{}", c);
        cells.push_back(std::move(cell));
      }
  return cells;
}

Names ids_in(const std::vector<model::Cell>& cells) {
  Names names;
  for (const auto& cell : cells)
    names.push_back(cell.id);
  return names;
}

// How many kernels each shard builds, and how many cells it has: "3:30 3:30 4:40".
std::string shape(const std::vector<model::Cell>& cells, unsigned of) {
  Names shards;
  for (unsigned i = 1; i <= of; ++i) {
    std::set<std::string> kernels;
    const auto shard = plan::shard_of(cells, {i, of});
    for (const auto& cell : shard)
      kernels.insert(cell.kernel.name);
    shards.push_back(fmt::format("{}:{}", kernels.size(), shard.size()));
  }
  return fmt::format("{}", fmt::join(shards, " "));
}

}  // namespace

TEST_CASE("all shards together have each cell once, in the plan's order") {
  for (const unsigned kernels : {1u, 2u, 7u})
    for (const unsigned cases : {1u, 3u, 10u})
      for (const unsigned repetitions : {1u, 3u})
        for (unsigned of = 1; of <= 12; ++of) {
          INFO(kernels, " kernels, ", cases, " cases, ", repetitions, " repetitions of ", of);
          const auto all = cells_of(kernels, cases, repetitions);
          Names joined;
          for (unsigned i = 1; i <= of; ++i)
            for (const std::string& id : ids_in(plan::shard_of(all, {i, of})))
              joined.push_back(id);
          CHECK(joined == ids_in(all));
        }
}

TEST_CASE("a shard builds few kernels, and none has much more to do than another") {
  CHECK(shape(cells_of(10, 10), 1) == "10:100");
  CHECK(shape(cells_of(10, 10), 2) == "5:50 5:50");
  CHECK(shape(cells_of(10, 10), 3) == "3:30 4:40 3:30");
  CHECK(shape(cells_of(3, 8), 4) == "1:6 2:6 2:6 1:6");
  CHECK(shape(cells_of(2, 9), 2) == "1:9 1:9");
  CHECK(shape(cells_of(1, 2), 4) == "0:0 1:1 0:0 1:1");
}

TEST_CASE("repetitions of a cell are of one shard") {
  const auto all = cells_of(2, 3, 5);
  std::map<std::string, std::set<unsigned>> where;
  for (unsigned i = 1; i <= 4; ++i)
    for (const auto& cell : plan::shard_of(all, {i, 4}))
      where[cell.kernel.name + cell.test.alias].insert(i);
  for (const auto& [cell, shards] : where)
    CHECK_MESSAGE(shards.size() == 1, cell);
}

TEST_CASE("the same shard has the same cells for ever") {
  CHECK(ids_in(plan::shard_of(cells_of(2, 3), {2, 4})) == Names{"k0/l1/c1@1", "k0/l1/c2@1"});
  CHECK(ids_in(plan::shard_of(cells_of(3, 2), {2, 3})) == Names{"k1/l1/c0@1", "k1/l1/c1@1"});
}

TEST_CASE("a shard is I/N") {
  CHECK(plan::parse_shard("2/3") == model::Shard{2, 3});
  for (const char* bad : {"", "2", "0/3", "4/3", "1/0", "a/3", "1/3x", "-1/3", "1/", "/3", "1/2/3"})
    CHECK_THROWS_AS(plan::parse_shard(bad), ConfigError);
}
