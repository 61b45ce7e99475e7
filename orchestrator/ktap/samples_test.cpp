#include "ktap/samples.hpp"

#include <doctest/doctest.h>

#include "ktap/parse.hpp"

namespace kproof {

static std::vector<std::string> names(std::size_t samples) {
  model::Metric metric{.name = "stall", .unit = "us"};
  for (std::size_t i = 1; i <= samples; ++i)
    metric.samples.push_back(static_cast<double>(i));
  std::vector<std::string> names;
  for (const auto& m : ktap::with_percentiles(metric))
    names.push_back(m.name);
  return names;
}

static double value(const std::vector<model::Metric>& all, const std::string& name) {
  for (const auto& m : all)
    if (m.name == name) return m.value;
  return -1;
}

TEST_CASE("no percentile is told of fewer samples than it needs to differ from the largest") {
  using Names = std::vector<std::string>;
  CHECK(names(1) == Names{"stall", "stall_max"});
  CHECK(names(2) == Names{"stall", "stall_p50", "stall_max"});
  CHECK(names(9) == Names{"stall", "stall_p50", "stall_max"});
  CHECK(names(10) == Names{"stall", "stall_p50", "stall_p90", "stall_max"});
  CHECK(names(99) == Names{"stall", "stall_p50", "stall_p90", "stall_max"});
  CHECK(names(100) == Names{"stall", "stall_p50", "stall_p90", "stall_p99", "stall_max"});
  CHECK(names(1000) ==
        Names{"stall", "stall_p50", "stall_p90", "stall_p99", "stall_p999", "stall_max"});
}

TEST_CASE("of two samples the median lies between them") {
  const auto all = ktap::with_percentiles({.name = "m", .unit = "us", .samples = {30, 10}});
  CHECK(value(all, "m") == 20);
  CHECK(value(all, "m_p50") == 20);
  CHECK(value(all, "m_max") == 30);
}

TEST_CASE("percentiles are those of the nearest rank") {
  model::Metric metric{.name = "m", .unit = "us"};
  for (int i = 100; i >= 1; --i)
    metric.samples.push_back(i);
  const auto all = ktap::with_percentiles(metric);
  CHECK(value(all, "m_p90") == 90);
  CHECK(value(all, "m_p99") == 99);
  CHECK(value(all, "m_max") == 100);
}

static model::CaseReport parsed(const std::string& line) {
  return ktap::parse("KTAP version 1\n1..1\n" + line + "\nok 1 a\n");
}

TEST_CASE("a case prints samples in brackets, and their unit behind them") {
  const auto report = parsed("# metric stall: [3 1.5 2] us");
  CHECK(report.malformed.empty());
  REQUIRE(report.metrics.size() == 3);
  CHECK(report.metrics[0].samples == std::vector<double>{3, 1.5, 2});
  CHECK(report.metrics[0].unit == "us");
  CHECK(report.metrics[0].value == 2);
  CHECK(report.metrics[1].name == "stall_p50");
  CHECK(report.metrics[2].name == "stall_max");
}

TEST_CASE("samples that cannot be read are malformed") {
  for (const char* line : {"# metric m: [] us", "# metric m: [1 2 us", "# metric m: [1 x] us",
                           "# metric m: [1 nan] us", "# metric m: [1,2] us"})
    CHECK_MESSAGE(parsed(line).malformed == "line 3: a metric whose samples are no numbers", line);
}

}  // namespace kproof
