// Names a report: title, type, frame, and whether it can be trusted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "console/frames.hpp"
#include "console/rows.hpp"
#include "model/finding.hpp"

namespace kproof::console {

// Fills title, alt_titles, type, frame and corrupted. `lines` is not empty, and `row` matches the
// first of them; a later row names the report if the rest of it does not fit `row`.
model::Finding describe(const Row& row, const std::vector<ReportLine>& lines);

// Is the report of this row's form, or must a later row name it?
bool fits(const Row& row, const std::vector<ReportLine>& lines);
// The row that names it: this one, or the next that it fits; null: none.
const Row* naming_row(const Row& row, const std::vector<ReportLine>& lines);

// Why a report cannot be trusted to be whole and unmixed; "" if it can.
std::string why_corrupted(const std::vector<ReportLine>& lines, bool wants_trace);

// model::Finding::place.
std::string place_in_source(const std::vector<ReportLine>& lines);

// Without what differs from run to run: addresses, numbers, pids, offsets.
std::string generalize(std::string title);

}  // namespace kproof::console
