// Observations for tests, of made-up nights.
#pragma once

#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "history/store.hpp"

namespace kproof::history {

inline Cell made_up_cell(const std::string& name, std::size_t night) {
  Cell cell{.name = name,
            .started = fmt::format("2026-{:02}-{:02}T03:00:00Z", 1 + night / 28, 1 + night % 28),
            .inputs = "i",
            .setting = "s",
            .verdict = "pass",
            .says = compare::Says::good,
            .to_its_end = true,
            .seen = {"write"}};
  cell.kernel = {.name = "k", .release = fmt::format("6.1.0-{}", night)};
  return cell;
}

inline Cell bad(Cell cell, const compare::Sign& sign) {
  cell.verdict = "fail";
  cell.says = compare::Says::bad;
  cell.standing = compare::Standing::unexpected;
  cell.reason = to_string(sign);
  cell.signs = {{compare::Sign::Kind::verdict, "fail", ""}, sign};
  return cell;
}

inline Cell broken(Cell cell) {
  cell.verdict = "broken";
  cell.says = compare::Says::nothing;
  cell.standing = compare::Standing::host;
  cell.reason = "no room on the disk";
  cell.to_its_end = false;
  cell.seen.clear();
  cell.figures.clear();
  return cell;
}

inline const compare::Sign kWarning{compare::Sign::Kind::finding, "WARNING in f",
                                    "00112233aabbccdd"};
inline const compare::Sign kNotOk{compare::Sign::Kind::failed, "write", ""};

// Sixty nights in which mm/good passes, mm/regressed warns from night 37 on, mm/flake fails in one
// of twenty, and kvm/slow takes 30 % longer from night 28 on, while its other figure stays; in
// nights 20 to 22 the host was out of order.
struct Nights {
  static constexpr std::size_t kNights = 60, kRegression = 37, kSlowdown = 28, kOut = 20,
                               kBack = 23;

  static std::vector<Run> of(unsigned seed) {
    std::mt19937_64 random(seed);
    std::vector<Run> runs;
    for (std::size_t night = 0; night < kNights; ++night)
      runs.push_back(one(random, night));
    return runs;
  }

 private:
  static Run one(std::mt19937_64& random, std::size_t night) {
    std::normal_distribution<double> scatter(0, 0.1);
    Cell regressed = made_up_cell("k/l1/mm/regressed", night);
    if (night >= kRegression) regressed = bad(std::move(regressed), kWarning);
    Cell flake = made_up_cell("k/l1/mm/flake", night);
    if (std::bernoulli_distribution(0.05)(random)) flake = bad(std::move(flake), kNotOk);
    Cell slow = made_up_cell("k/l1/kvm/slow", night);
    const double factor = night < kSlowdown ? 1 : 1.3;
    slow.figures = {{"stall", "us", 1000 * factor * std::exp(scatter(random)), {}},
                    {"even", "us", 1000 * std::exp(scatter(random)), {}}};
    Run run{.directory = fmt::format("/nights/{}", night),
            .plan = "nightly",
            .kind = "run",
            .started = regressed.started,
            .host = "{}",
            .cells = {made_up_cell("k/l1/mm/good", night), std::move(regressed), std::move(flake),
                      std::move(slow)}};
    if (night >= kOut && night < kBack)
      for (Cell& cell : run.cells)
        cell = broken(std::move(cell));
    return run;
  }
};

// What the store would say of one cell of them.
inline std::vector<Observation> observations_in(const std::vector<Run>& runs,
                                                const std::string& name) {
  std::vector<Observation> list;
  for (std::size_t i = 0; i < runs.size(); ++i)
    for (const Cell& cell : runs[i].cells)
      if (cell.name == name)
        list.push_back({static_cast<std::int64_t>(i + 1), runs[i].started, runs[i].directory,
                        runs[i].plan, runs[i].kind, cell});
  return list;
}

}  // namespace kproof::history
