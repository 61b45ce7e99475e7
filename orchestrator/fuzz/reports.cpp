// cell.json and the reports that are made of it: any bytes are a cell or a HostError, and whatever
// a cell holds, the reports stay what they are: JSON that reads back, XML, text without controls.
#include <pugixml.hpp>

#include "fuzz/property.hpp"
#include "report/json.hpp"
#include "report/junit.hpp"
#include "report/series.hpp"
#include "report/summary.hpp"
#include "util/error.hpp"

using namespace kproof;

static bool is_shown(char c) {
  return c == '\n' || c == '\t' || static_cast<unsigned char>(c) >= 0x20;
}

static void check_xml(const std::string& xml) {
  pugi::xml_document document;
  fuzz::require(document.load_string(xml.c_str()), "junit.xml is XML");
  const auto root = document.child("testsuites");
  fuzz::require(root.attribute("tests").as_uint() == root.select_nodes(".//testcase").size(),
                "junit.xml counts what it holds");
}

static void check_reports(const model::CellResult& cell) {
  report::RunReport report;
  report.cells = {cell, cell};
  report.planned = 3;
  report.plan.metrics = {{"*"}};
  check_xml(report::junit_xml(report));
  const std::string text = report::render_summary(report, {});
  fuzz::require(std::ranges::all_of(text, is_shown), "a terminal is not steered");
  report.series = series::matrix_of({{cell.kernel, "base", ""}, {"k+1", "one", ""}}, report.cells,
                                    report.plan.metrics);
  check_xml(report::junit_xml(report));
  report::results_to_json(report);
  report::render_series(report, {});
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  try {
    const model::CellResult cell = report::cell_from_json(text, "cell.json");
    const std::string json = report::cell_to_json(cell);
    fuzz::require(report::cell_to_json(report::cell_from_json(json, "cell.json")) == json,
                  "a cell reads back as it was written");
    check_reports(cell);
  } catch (const HostError&) {
  }
  return 0;
}
