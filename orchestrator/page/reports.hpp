// What people and CI systems read of a whole run, in files.
#pragma once

#include <string>
#include <vector>

#include "page/page.hpp"
#include "report/run_report.hpp"

namespace kproof::page {

// html() with the files of `report.directory`, for a page in it.
std::string html_of(const report::RunReport& report, const report::LastGoods& last_good = {});
// The same of several, each with its directory for a name, as seen from here: so are the links of
// the page.
std::string html_of(std::vector<Run> runs);

// results.json, junit.xml and report.html of `report.directory`; HostError.
void write_reports(const report::RunReport& report);

}  // namespace kproof::page
