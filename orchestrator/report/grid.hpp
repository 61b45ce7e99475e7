// A table of texts on the terminal.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/result.hpp"
#include "report/text.hpp"

namespace kproof::report {

// What a table shows: texts by row and column, both in the order in which they came.
struct Grid {
  struct Column {
    std::string key, title;
  };
  struct Entry {
    std::string text;
    const model::CellResult* cell = nullptr;  // whose verdict it is: paints it; null: plain
  };
  std::string corner;  // what a row is
  std::string across;  // what a column is; "" where the grid is not to be turned
  std::vector<std::string> rows;
  std::vector<Column> columns;
  std::map<std::pair<std::string, std::string>, Entry> entries;

  void put(const std::string& row, const Column& column, Entry entry);
  Entry at(const std::string& row, const Column& column) const;  // "-" where nothing was put
};

// Aligned, a line a row, below one of titles. What is wider than the terminal is turned, its
// columns to rows, if it fits so; else it is cut into pages, one below the other, each with its
// heads.
std::string render(const Grid& grid, const Style& style);

}  // namespace kproof::report
