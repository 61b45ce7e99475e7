// One change on the terminal: a row for each case and each figure, with what it was, what it is and
// what became of it. Pure.
#pragma once

#include <string>

#include "report/text.hpp"
#include "series/matrix.hpp"

namespace kproof::report {

// Of a matrix of two rows. "" where it has no column.
std::string render_before_after(const series::Matrix& matrix, const Style& style);

}  // namespace kproof::report
