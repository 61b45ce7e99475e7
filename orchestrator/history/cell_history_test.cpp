#include "history/cell_history.hpp"

#include <algorithm>
#include <functional>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "history/made_up.hpp"
#include "history/text.hpp"

using namespace kproof;
using namespace kproof::history;
using compare::Sign;

namespace {
using Cells = std::vector<Cell>;

// One a run.
CellHistory history_of(const Cells& cells, const Question& question = {}) {
  std::vector<Observation> list;
  for (std::size_t i = 0; i < cells.size(); ++i)
    list.push_back(
        {static_cast<std::int64_t>(i + 1), cells[i].started, "/d", "p", "run", cells[i]});
  return history_of("c", list, question);
}

void repeat(Cells& cells, std::size_t count, const std::function<Cell(Cell)>& make) {
  for (std::size_t i = 0; i < count; ++i)
    cells.push_back(make(made_up_cell("c", cells.size())));
}

Cell passes(Cell cell) {
  return cell;
}
Cell warns(Cell cell) {
  return bad(std::move(cell), kWarning);
}
Cell fails(Cell cell) {
  return bad(std::move(cell), kNotOk);
}

State only_state(const CellHistory& past) {
  REQUIRE(past.symptoms.size() == 1);
  return past.symptoms[0].state;
}
}  // namespace

TEST_CASE("of sixty nights each is named for what it is, with the right night, and nothing else") {
  int flakes = 0, wrong_figures = 0;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const auto runs = Nights::of(seed);
    const auto told = [&](const char* cell) {
      return history_of(cell, observations_in(runs, cell), {});
    };

    const CellHistory good = told("k/l1/mm/good");
    CHECK(good.symptoms.empty());
    REQUIRE(good.outages.size() == 1);
    CHECK(good.outages[0].from == Nights::kOut);
    CHECK(good.outages[0].to == Nights::kBack - 1);

    const CellHistory regressed = told("k/l1/mm/regressed");
    CHECK(only_state(regressed) == State::introduced);
    REQUIRE(regressed.symptoms[0].changes.size() == 1);
    CHECK(regressed.symptoms[0].changes[0].least <= Nights::kRegression);
    CHECK(regressed.symptoms[0].changes[0].most >= Nights::kRegression);
    CHECK(regressed.symptoms[0].first == Nights::kRegression);

    const CellHistory flake = told("k/l1/mm/flake");
    for (const Symptom& symptom : flake.symptoms)
      CHECK(symptom.state == State::flaky);
    flakes += flake.symptoms.size() == 1;

    const CellHistory slow = told("k/l1/kvm/slow");
    CHECK(slow.symptoms.empty());
    REQUIRE(slow.traces.size() == 2);
    wrong_figures += !slow.traces[0].changes.empty();
    REQUIRE(slow.traces[1].changes.size() == 1);
    CHECK(slow.traces[1].changes[0].least <= Nights::kSlowdown);
    CHECK(slow.traces[1].changes[0].most >= Nights::kSlowdown);
  }
  CHECK(flakes >= 15);  // in one of twenty seeds none of 57 nights fails
  CHECK(wrong_figures == 0);
}

TEST_CASE("a symptom that came is introduced, and fixed when it went") {
  Cells cells;
  repeat(cells, 20, passes);
  repeat(cells, 10, warns);
  CHECK(only_state(history_of(cells)) == State::introduced);
  repeat(cells, 20, passes);
  const CellHistory whole = history_of(cells);
  CHECK(only_state(whole) == State::fixed);
  CHECK(whole.symptoms[0].changes.size() == 2);
  CHECK(whole.symptoms[0].last == 29);
}

TEST_CASE("what always failed is no regression, and two failures behind few passes are too few") {
  Cells cells;
  repeat(cells, 10, warns);
  CHECK(only_state(history_of(cells)) == State::always);
  cells.clear();
  repeat(cells, 10, passes);
  repeat(cells, 2, warns);
  CHECK(only_state(history_of(cells)) == State::fresh);
}

TEST_CASE("a fault of the infrastructure counts for no rate") {
  Cells cells;
  repeat(cells, 30, passes);
  repeat(cells, 5, broken);
  repeat(cells, 3, passes);
  const CellHistory told = history_of(cells);
  CHECK(told.symptoms.empty());
  CHECK(told.proven == 33);
  REQUIRE(told.outages.size() == 1);
  CHECK(told.outages[0].reason == "no room on the disk");
}

TEST_CASE("another symptom is told by itself, though the verdict stays") {
  Cells cells;
  repeat(cells, 20, warns);
  repeat(cells, 20, fails);
  const CellHistory told = history_of(cells);
  REQUIRE(told.symptoms.size() == 2);
  CHECK(told.symptoms[0].sign == kNotOk);
  CHECK(told.symptoms[0].state == State::introduced);
  CHECK(told.symptoms[1].state == State::fixed);
}

TEST_CASE("a subtest that was not reached neither failed nor passed") {
  Cells cells;
  repeat(cells, 20, fails);
  repeat(cells, 20, [](Cell cell) {
    cell = warns(std::move(cell));
    cell.seen.clear();
    cell.to_its_end = false;
    return cell;
  });
  for (const Symptom& symptom : history_of(cells).symptoms) {
    if (symptom.sign != kNotOk) continue;
    CHECK(symptom.state == State::always);
    CHECK(symptom.all == stats::Tally{20, 20});
  }
}

TEST_CASE("figures of another host or unit are left out, and it is said how many") {
  Cells cells;
  const auto measures = [](double value, const char* setting, const char* unit) {
    return [=](Cell cell) {
      cell.setting = setting;
      cell.figures = {{"stall", unit, value, {}}};
      return cell;
    };
  };
  repeat(cells, 20, measures(100, "slow", "us"));
  repeat(cells, 3, measures(0.05, "fast", "ms"));
  repeat(cells, 20, measures(50, "fast", "us"));
  const CellHistory told = history_of(cells);
  REQUIRE(told.traces.size() == 1);
  CHECK(told.traces[0].changes.empty());
  CHECK(told.traces[0].other_setting == 20);
  CHECK(told.traces[0].other_unit == 3);
  CHECK(told.traces[0].figures == 20);
}

TEST_CASE("a question for a finding or a metric is answered for that alone") {
  Cells cells;
  repeat(cells, 5, warns);
  repeat(cells, 5, fails);
  CHECK(history_of(cells, {.finding = kWarning.fingerprint}).symptoms.size() == 1);
  CHECK(history_of(cells, {.finding = "WARNING in*"}).symptoms.size() == 1);
  CHECK(history_of(cells, {.finding = "no such"}).symptoms.empty());
  CHECK(history_of(cells, {.metric = "stall"}).symptoms.empty());
}

TEST_CASE("a history is told in lines that a terminal does not obey") {
  Cells cells;
  repeat(cells, 30, passes);
  const Sign hostile{Sign::Kind::finding, "WARNING in \033[2J", ""};
  repeat(cells, 5, [&](Cell cell) { return bad(std::move(cell), hostile); });
  const std::string text = render(history_of(cells));
  CHECK(text.find('\033') == std::string::npos);
  CHECK(text.find("0 of 30 -> 5 of 5, since run 31 of 2026-02-03") != std::string::npos);
  CHECK(text.find("kernel: 6.1.0-29 -> 6.1.0-30") != std::string::npos);
  const auto json = to_json(history_of(cells));
  CHECK(json.at("symptoms").at(0).at("regression") == true);
  CHECK(json.at("symptoms").at(0).at("changes").at(0).at("at") == 30);
}
