#include "merge/reports.hpp"

#include "page/page.hpp"
#include "report/json.hpp"
#include "report/junit.hpp"
#include "util/files.hpp"

namespace kproof::merge {
namespace fs = std::filesystem;

void write_reports(const report::RunReport& report) {
  const fs::path& out = report.directory;
  util::write_file_atomically(out / "results.json", report::results_to_json(report));
  util::write_file_atomically(out / "junit.xml", report::junit_xml(report));
  const auto read = [&](const std::string& path) {
    return fs::exists(out / path) ? util::read_file(out / path) : "";
  };
  util::write_file_atomically(out / "report.html", page::html(report, read));
}

}  // namespace kproof::merge
