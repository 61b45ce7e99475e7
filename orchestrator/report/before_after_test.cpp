#include "report/before_after.hpp"

#include <doctest/doctest.h>

using namespace kproof;

static model::CellResult cell(const std::string& kernel, const std::string& test,
                              model::Verdict verdict) {
  model::CellResult cell{.id = kernel + "/l1/" + test, .kernel = kernel, .topology = "l1"};
  cell.test = test;
  cell.judgement.verdict = verdict;
  cell.judgement.expected = verdict == model::Verdict::pass;
  return cell;
}

TEST_CASE("a change is a row for each case, with a word where something became of it") {
  using enum model::Verdict;
  const std::vector<model::CellResult> cells{
      cell("before", "mm/a", pass),         cell("after", "mm/a", fail),
      cell("before", "mm/long_name", fail), cell("after", "mm/long_name", fail),
      cell("before", "mm/c", skip),         cell("after", "mm/c", skip)};
  const auto matrix = series::matrix_of({{"before", "one", ""}, {"after", "two", ""}}, cells, {});
  CHECK(report::render_before_after(matrix, {}) ==
        "case          before  after\n"
        "mm/a          pass    fail   introduced\n"
        "mm/long_name  fail    fail\n"
        "mm/c          skip    skip\n"
        "\nOne run each: what fails now and then looks new. --repeat 5 tells more.\n");
}
