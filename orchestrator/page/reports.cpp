#include "page/reports.hpp"

#include "page/page.hpp"
#include "report/json.hpp"
#include "report/junit.hpp"
#include "util/files.hpp"

namespace kproof::page {
namespace fs = std::filesystem;

std::string html_of(const report::RunReport& report, const report::LastGoods& last_good) {
  return html({{report, "", last_good}}, [&](const std::string& path) {
    return util::read_if_there(report.directory / path);
  });
}

std::string html_of(std::vector<Run> runs) {
  for (Run& run : runs)
    for (model::CellResult& cell : run.report.cells)
      for (auto& [role, path] : cell.files)
        path = (run.name / fs::path(path)).string();
  return html(runs, [](const std::string& path) { return util::read_if_there(path); });
}

void write_reports(const report::RunReport& report) {
  const fs::path& out = report.directory;
  util::write_file_atomically(out / "results.json", report::results_to_json(report));
  util::write_file_atomically(out / "junit.xml", report::junit_xml(report));
  util::write_file_atomically(out / "report.html", html_of(report));
}

}  // namespace kproof::page
