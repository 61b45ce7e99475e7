// How often comparisons and histories are wrong, by simulation: figures for ci/bench.
#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

#include <fmt/format.h>

#include "compare/trend.hpp"
#include "stats/level_changes.hpp"
#include "stats/rate_changes.hpp"

using namespace kproof;
using compare::Trend;

namespace {

using Random = std::mt19937_64;
// One figure, as a share of what it is in the middle.
using Noise = std::function<double(Random&)>;

constexpr std::size_t kFigures = 10;  // a side

double lognormal(Random& random) {
  return std::exp(std::normal_distribution<double>(0, 0.3)(random));
}

// The same, but one in ten is twenty times as much.
double with_outliers(Random& random) {
  return lognormal(random) * (std::bernoulli_distribution(0.1)(random) ? 20 : 1);
}

// A tail so heavy that it has no mean.
double cauchy(Random& random) {
  return std::exp(0.3 * std::clamp(std::cauchy_distribution<double>()(random), -30.0, 30.0));
}

compare::Samples samples(Random& random, const Noise& noise, std::size_t size, double factor) {
  compare::Samples samples;
  for (std::size_t i = 0; i < size; ++i) {
    samples.before.push_back(noise(random));
    samples.now.push_back(factor * noise(random));
  }
  std::ranges::sort(samples.before);
  std::ranges::sort(samples.now);
  return samples;
}

bool claims(Trend trend) {
  return trend == Trend::less || trend == Trend::more;
}

// Of runs with that many metrics, none of which changed, the share that claims a change.
double false_alarms(const Noise& noise, std::size_t metrics, int runs) {
  Random random(20261129);
  int wrong = 0;
  for (int run = 0; run < runs; ++run) {
    std::vector<compare::Samples> all;
    for (std::size_t i = 0; i < metrics; ++i)
      all.push_back(samples(random, noise, kFigures, 1));
    wrong += std::ranges::any_of(compare::trends(all), claims);
  }
  return 100.0 * wrong / runs;
}

// Of runs with one metric that doubled, among others that did not, the share that claims it.
double power(const Noise& noise, std::size_t metrics, std::size_t size, int runs) {
  Random random(20261129);
  int seen = 0;
  for (int run = 0; run < runs; ++run) {
    std::vector<compare::Samples> all{samples(random, noise, size, 2)};
    // What the others are makes no difference to the greatest claim but by their number.
    all.resize(metrics, {std::vector<double>(size, 1), std::vector<double>(size, 1)});
    seen += compare::trends(all).front() == Trend::more;
  }
  return 100.0 * seen / runs;
}

// Nights, of which those from `at` on have another rate or another level.
void histories(std::size_t nights, std::size_t at) {
  constexpr int kHistories = 1000;
  Random random(20261129);
  int flakes = 0, regressions = 0, in_time = 0;
  for (int i = 0; i < kHistories; ++i) {
    std::vector<stats::Tally> flake, regression;
    for (std::size_t night = 0; night < nights; ++night) {
      flake.push_back({std::bernoulli_distribution(0.05)(random) ? 1u : 0u, 1});
      regression.push_back({night < at ? 0u : 1u, 1});
    }
    flakes += !stats::rate_changes(flake).empty();
    const auto found = stats::rate_changes(regression);
    regressions += found.size() == 1;
    in_time += found.size() == 1 && found[0].least <= at && at <= found[0].most;
  }
  fmt::print("history_flake_taken_for_change: {:.1f} %\n", 100.0 * flakes / kHistories);
  fmt::print("history_regression_found: {:.1f} %\n", 100.0 * regressions / kHistories);
  fmt::print("history_regression_in_interval: {:.1f} %\n", 100.0 * in_time / kHistories);
}

void slowdowns(std::size_t nights, std::size_t at) {
  constexpr int kHistories = 200;
  Random random(20261129);
  std::normal_distribution<double> scatter(0, 0.1);
  int wrong = 0, found = 0, held = 0;
  for (int i = 0; i < kHistories; ++i) {
    std::vector<double> even, slower;
    for (std::size_t night = 0; night < nights; ++night) {
      even.push_back(std::exp(scatter(random)));
      slower.push_back((night < at ? 1 : 1.3) * std::exp(scatter(random)));
    }
    wrong += !stats::level_changes(even, {}).empty();
    const auto changes = stats::level_changes(slower, {});
    found += changes.size() == 1;
    held += changes.size() == 1 && changes[0].least <= at && at <= changes[0].most;
  }
  fmt::print("history_even_taken_for_change: {:.1f} %\n", 100.0 * wrong / kHistories);
  fmt::print("history_slowdown_30_found: {:.1f} %\n", 100.0 * found / kHistories);
  fmt::print("history_slowdown_30_in_interval: {:.1f} %\n", 100.0 * held / kHistories);
}

}  // namespace

int main() {
  fmt::print("false_alarms_lognormal.100_metrics: {:.2f} %\n", false_alarms(lognormal, 100, 2000));
  fmt::print("false_alarms_outliers.100_metrics: {:.2f} %\n",
             false_alarms(with_outliers, 100, 500));
  fmt::print("false_alarms_cauchy.100_metrics: {:.2f} %\n", false_alarms(cauchy, 100, 500));
  for (const std::size_t metrics : {1u, 10u, 100u})
    fmt::print("power_doubling.10_figures.{}_metrics: {:.1f} %\n", metrics,
               power(lognormal, metrics, kFigures, 500));
  for (const std::size_t size : {12u, 14u})
    fmt::print("power_doubling.{}_figures.100_metrics: {:.1f} %\n", size,
               power(lognormal, 100, size, 200));
  histories(60, 40);
  slowdowns(60, 40);
}
