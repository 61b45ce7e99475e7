#include "compare/explain.hpp"

#include <doctest/doctest.h>

using namespace kproof;
using namespace kproof::compare;
using Sets = std::vector<model::AxisValues>;

// Each combination of source, debug and mmu; `shows` says which of them show it.
static std::vector<Observation> all_cells(auto shows) {
  std::vector<Observation> cells;
  for (const char* source : {"6.1", "6.12"})
    for (const char* debug : {"plain", "kasan", "lockdep"})
      for (const char* mmu : {"tdp", "shadow"}) {
        model::AxisValues axes{{"source", source}, {"debug", debug}, {"mmu", mmu}};
        const bool seen = shows(std::string(source), std::string(debug), std::string(mmu));
        cells.push_back({std::move(axes), seen});
      }
  return cells;
}

TEST_CASE("one value that all cells which show it have, and no other cell, explains it") {
  const auto cells =
      all_cells([](auto, const std::string& debug, auto) { return debug == "kasan"; });
  CHECK(explain(cells) == Sets{{{"debug", "kasan"}}});
}

TEST_CASE("two values explain what neither does alone") {
  const auto cells = all_cells([](auto, const std::string& debug, const std::string& mmu) {
    return debug == "kasan" && mmu == "shadow";
  });
  CHECK(explain(cells) == Sets{{{"debug", "kasan"}, {"mmu", "shadow"}}});
  CHECK(explain(cells, 1).empty());
}

TEST_CASE("either of two values is no conjunction, and is not explained") {
  const auto cells = all_cells([](auto, const std::string& debug, const std::string& mmu) {
    return debug == "kasan" || mmu == "shadow";
  });
  CHECK(explain(cells).empty());
}

TEST_CASE("what any of two values shows is explained by both") {
  const auto cells = all_cells([](auto, const std::string& debug, const std::string& mmu) {
    return debug == "kasan" || mmu == "shadow";
  });
  CHECK(explain_by_any(cells) == Sets{{{"debug", "kasan"}}, {{"mmu", "shadow"}}});
}

TEST_CASE("one value or a pair is explained by these") {
  const auto cells = all_cells([](auto, const std::string& debug, const std::string& mmu) {
    return debug == "kasan" || (debug == "lockdep" && mmu == "shadow");
  });
  CHECK(explain_by_any(cells) ==
        Sets{{{"debug", "kasan"}}, {{"debug", "lockdep"}, {"mmu", "shadow"}}});
}

TEST_CASE("cells that have nothing in common are not explained one by one") {
  const auto cells =
      all_cells([](const std::string& source, const std::string& debug, const std::string& mmu) {
        return (source == "6.1" && debug == "plain" && mmu == "tdp") ||
               (source == "6.12" && debug == "kasan" && mmu == "shadow");
      });
  CHECK(explain_by_any(cells).empty());
}

TEST_CASE("what all cells show, or none, has no explanation") {
  CHECK(explain(all_cells([](auto...) { return true; })).empty());
  CHECK(explain(all_cells([](auto...) { return false; })).empty());
  CHECK(explain({}).empty());
}

TEST_CASE("few cells leave several explanations, and all of them are told") {
  const std::vector<Observation> cells{
      {{{"source", "6.1"}, {"mmu", "tdp"}}, true},
      {{{"source", "6.12"}, {"mmu", "shadow"}}, false},
  };
  CHECK(explain(cells) == Sets{{{"source", "6.1"}}, {{"mmu", "tdp"}}});
}

TEST_CASE("one cell that does not show it is enough to refuse a value") {
  auto cells = all_cells([](auto, const std::string& debug, auto) { return debug == "kasan"; });
  cells.push_back({{{"source", "6.1"}, {"debug", "kasan"}, {"mmu", "tdp"}}, false});
  CHECK(explain(cells).empty());
}
