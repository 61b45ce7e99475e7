// Cells for the tests of a series.
#pragma once

#include <string>
#include <vector>

#include "series/matrix.hpp"

namespace kproof::series {

inline model::CellResult cell(const std::string& kernel, const std::string& test,
                              model::Verdict verdict, std::vector<std::string> findings = {}) {
  model::CellResult cell;
  cell.id = kernel + "/l1/" + test;
  cell.kernel = kernel;
  cell.topology = "l1";
  cell.test = test;
  cell.judgement.verdict = verdict;
  cell.judgement.reason = "why";
  cell.judgement.expected = verdict == model::Verdict::pass;
  for (std::string& title : findings)
    cell.findings.push_back({.title = std::move(title)});
  return cell;
}

// The base "k" and `patches` patches, "first", "second", ...
inline std::vector<Row> rows(std::size_t patches) {
  static const char* const kSubjects[] = {"first", "second", "third"};
  std::vector<Row> rows{{"k", "Base", ""}};
  for (std::size_t n = 1; n <= patches; ++n)
    rows.push_back({"k+" + std::to_string(n), kSubjects[(n - 1) % 3], ""});
  return rows;
}

}  // namespace kproof::series
