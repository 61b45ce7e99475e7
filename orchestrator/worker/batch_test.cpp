#include "worker/batch.hpp"

#include <doctest/doctest.h>

#include "util/error.hpp"

using namespace kproof;
using namespace std::chrono_literals;

TEST_CASE("a list of cells reads back as it was written, and nothing else is one") {
  const worker::Batch batch{.items = {{"k/l1/mm/a", 90s, 3ull << 30, 2}, {"k/l1/mm/b", 30s, 5, 4}},
                            .kernels = {"k"},
                            .accel = model::Accel::tcg,
                            .as_root = true,
                            .rules = {6s, 3}};
  const std::string json = worker::to_json(batch);
  const auto back = worker::from_json(json, "f");
  CHECK(worker::to_json(back) == json);
  CHECK(back.items.at(0).limit == 90s);
  CHECK(back.accel == model::Accel::tcg);
  CHECK(back.rules.stale_after == 6s);
  CHECK(worker::largest_of(back).memory == 3ull << 30);
  CHECK(worker::largest_of(back).vcpus == 4);
  for (const std::string& bad : {std::string(), std::string("{}"), json.substr(0, json.size() / 2)})
    CHECK_THROWS_WITH_AS(worker::from_json(bad, "d/batch.json"),
                         doctest::Contains("d/batch.json is no list of cells"), HostError);
}
