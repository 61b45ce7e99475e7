#include "page/page.hpp"

#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pugixml.hpp>

#include "report/example_test.hpp"

using namespace kproof;
using namespace kproof::page;

static const ReadFile kNoFiles = [](const std::string&) { return std::string(); };

static bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Whole and well-formed: a page of ours is XML as well, but for its doctype.
static pugi::xml_document parse(const std::string& html) {
  pugi::xml_document document;
  const auto result = document.load_string(html.c_str(), pugi::parse_default | pugi::parse_doctype);
  CAPTURE(std::string(result.description()));
  CHECK(result);
  return document;
}

TEST_CASE("a page says the verdict first, then the matrix, then each cell that is no plain pass") {
  const std::string page = html(report::example_run(), kNoFiles);
  const auto document = parse(page);
  const auto verdict = document.select_node("//p[contains(@class, 'verdict')]").node();
  CHECK(has(verdict.text().as_string(), "unexpected"));
  CHECK(document.select_nodes("//table//td").size() > 0);
  for (const model::CellResult& cell : report::example_run().cells) {
    const bool plain = cell.judgement.expected && cell.judgement.verdict == model::Verdict::pass;
    CHECK(has(page, "id=\"cell-" + cell.id + "\"") == !plain);
  }
}

TEST_CASE("every link leads to a cell of the page or to a file of the run") {
  const auto document = parse(html(report::example_run(), kNoFiles));
  for (const auto& link : document.select_nodes("//a")) {
    const std::string href = link.node().attribute("href").as_string();
    if (!href.starts_with("#")) {
      CHECK_FALSE(has(href, ":"));
      continue;
    }
    CHECK(document.select_node(fmt::format("//*[@id='{}']", href.substr(1)).c_str()));
  }
}

TEST_CASE("whatever a guest printed is text") {
  report::RunReport report = report::example_run();
  const std::string hostile =
      "</pre><script>alert(1)</script><img src=x onerror=alert(1)>\" "
      "onclick=\"x\x1b[2J\x01\xff&amp;";
  model::CellResult& cell = report.cells.front();
  cell.judgement.expected = false;
  cell.judgement.reason = hostile;
  cell.id = "k/l1/" + hostile;
  cell.findings = {{.title = hostile, .excerpt = hostile}};
  cell.subtests = {{.name = hostile, .diagnostic = hostile}};
  cell.evidence = {{.name = hostile, .fact = hostile}};
  cell.files["console"] = "console.log";
  const std::string page = html(report, [&](const std::string&) { return hostile + "\n"; });
  const auto document = parse(page);
  CHECK(document.select_nodes("//script | //img | //@onclick | //@onerror").size() == 0);
  CHECK_FALSE(has(page, "<script"));
  CHECK(std::ranges::none_of(page, [](char c) { return c == '\x1b' || c == '\x01'; }));
}

TEST_CASE("no browser may run or load anything for a page") {
  const std::string page = html(report::example_run(), kNoFiles);
  CHECK(has(page, "Content-Security-Policy\" content=\"default-src 'none';"));
  CHECK_FALSE(has(page, "http://"));
  CHECK_FALSE(has(page, " src="));
}

TEST_CASE("a thousand failures with large logs make a page that a browser can open") {
  report::RunReport report = report::example_run();
  model::CellResult failed = report.cells.front();
  failed.judgement = {model::Verdict::crash, model::Blame::kernel, "the kernel panicked", false};
  failed.findings = {{.title = "oops", .excerpt = std::string(16 << 10, 'x')}};
  failed.files["console"] = "console.log";
  report.cells.clear();
  for (int i = 0; i < 1000; ++i) {
    failed.id = fmt::format("k/l1/mm/case_{}", i);
    report.cells.push_back(failed);
  }
  const std::string log(500u << 10, 'y');
  const std::string page = html(report, [&](const std::string&) { return log + "\nlast\n"; });
  CHECK(page.size() < 25u << 20);
}

TEST_CASE("a series says whether it is clean, and what each patch changed") {
  report::RunReport report = report::example_run();
  const std::string kernel = report.cells.front().kernel;
  report.series = series::matrix_of({{kernel, "the base", ""}, {"+1", "mm: x", "mm/x.c:1: error"}},
                                    report.cells, {});
  const std::string page = html(report, kNoFiles);
  parse(page);
  CHECK(has(page, "Not clean"));
  CHECK(has(page, "DOES NOT BUILD: mm: x"));
  CHECK(has(page, "mm/x.c:1: error"));
}

TEST_CASE("figures that the plan names are shown as dots with their median") {
  report::RunReport report = report::example_run();
  report.plan.metrics = {{"*"}};
  for (model::CellResult& cell : report.cells)
    if (cell.judgement.verdict == model::Verdict::pass)
      cell.metrics = {{.name = "stall", .value = 12.5, .unit = "us"}};
  const auto document = parse(html(report, kNoFiles));
  CHECK(document.select_nodes("//svg/circle").size() > 0);
}
