#include "plan/estimate.hpp"

#include <doctest/doctest.h>

#include "timing/kinds.hpp"

using namespace kproof;
using namespace kproof::plan;
using namespace std::chrono_literals;

namespace {
model::Cell cell(const std::string& test, std::size_t depth = 1) {
  model::Cell cell;
  cell.kernel = {.name = "k", .label = "K", .source = model::PathSource{"/x"}, .place = ""};
  cell.test.alias = test;
  cell.topology.levels.resize(depth);
  return cell;
}

EstimateInput host(unsigned cores) {
  return {.accel = "tcg",
          .cores = cores,
          .samples = {},
          .quiet = [](const model::Cell& cell) { return cell.test.alias == "quiet"; },
          .cached = [](const model::KernelSpec&) { return false; }};
}

model::KernelSpec built(const std::string& name, const std::string& config = "tinyconfig") {
  model::BuildSource source;
  source.tree = model::SourcePackage{"linux-source-6.1"};
  source.config = config;
  return {.name = name, .label = name, .source = source, .place = ""};
}
}  // namespace

TEST_CASE("cells share the cores, and those that measure time run alone") {
  EstimateInput input = host(4);  // cells have 2 vCPUs
  for (const char* test : {"a", "quiet"})
    input.samples[timing::keys_of_cell("tcg", test, {{}}, "K").front()] = {{10s, 1000}};
  const auto of = [&](std::vector<model::Cell> cells) { return estimate(cells, {}, input); };
  CHECK(of({cell("a")}).cells.time == 10s);
  CHECK(of({cell("a"), cell("a")}).cells.time == 10s);
  CHECK(of({cell("a"), cell("a"), cell("a"), cell("a")}).cells.time == 20s);
  CHECK(of({cell("a"), cell("a"), cell("quiet")}).cells.time == 20s);
  CHECK(of({cell("a"), cell("a")}).cells.bytes == 2000);
  CHECK(of({cell("a"), cell("a")}).cells.measured == 2);
}

TEST_CASE("of a cell that never ran, the case elsewhere counts, then its depth, then a default") {
  EstimateInput input = host(2);
  const Estimate unknown = estimate({cell("a")}, {}, input);
  CHECK(unknown.cells.measured == 0);
  CHECK(unknown.cells.time > 0s);
  CHECK(estimate({cell("a", 2)}, {}, input).cells.time > unknown.cells.time);
  input.samples[timing::keys_of_cell("tcg", "a", {{}}, "K")[2]] = {{3s, 0}};
  CHECK(estimate({cell("a")}, {}, input).cells.time == 3s);
  input.samples[timing::keys_of_cell("tcg", "a", {{}}, "K")[1]] = {{5s, 0}};
  CHECK(estimate({cell("a")}, {}, input).cells.time == 5s);
  CHECK(estimate({cell("a")}, {}, input).cells.measured == 1);
}

TEST_CASE("the first kernel of a config compiles all, the next of it what differs") {
  const EstimateInput input = host(2);
  const auto of = [&](std::vector<model::KernelSpec> kernels) {
    std::vector<model::Cell> cells;
    for (model::KernelSpec& kernel : kernels) {
      cells.push_back(cell("a"));
      cells.back().kernel = std::move(kernel);
    }
    return estimate(cells, {}, input).builds;
  };
  const Part one = of({built("a")}), two = of({built("a"), built("b")});
  CHECK(one.count == 1);
  CHECK(two.time < 2 * one.time);
  CHECK(of({built("a"), built("b", "defconfig")}).time > 2 * one.time);
  CHECK(two.bytes < 2 * one.bytes);  // of one source tree
}

TEST_CASE("what is cached costs nothing, and a kernel of a guest inside counts") {
  EstimateInput input = host(2);
  model::Cell nested = cell("a", 2);
  nested.topology.levels[1].kernel = "inner";
  CHECK(estimate({nested}, {built("inner"), built("unused")}, input).builds.count == 1);
  input.cached = [](const model::KernelSpec& kernel) { return kernel.name == "inner"; };
  const Estimate with_it = estimate({nested}, {built("inner")}, input);
  CHECK(with_it.builds.count == 0);
  CHECK(with_it.cached == 1);
}
