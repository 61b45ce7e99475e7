// What people and CI systems read of a whole run, in files.
#pragma once

#include <string>

#include "report/run_report.hpp"

namespace kproof::page {

// html() with the files of `report.directory`.
std::string html_of(const report::RunReport& report);

// results.json, junit.xml and report.html of `report.directory`; HostError.
void write_reports(const report::RunReport& report);

}  // namespace kproof::page
