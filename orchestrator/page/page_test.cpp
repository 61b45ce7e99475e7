#include "page/page.hpp"

#include <algorithm>
#include <random>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pugixml.hpp>

#include "formats/compress.hpp"
#include "page/bisect.hpp"
#include "report/example_test.hpp"
#include "util/base64.hpp"
#include "util/files.hpp"
#include "util/subprocess.hpp"
#include "util/text.hpp"

using namespace kproof;
using namespace kproof::page;

static const ReadFile kNoFiles = [](const std::string&) { return std::string(); };

static std::string page_of(const report::RunReport& report, const ReadFile& read = kNoFiles) {
  return html({{report, ""}}, read);
}

static bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Between the tags of the one script that runs.
static std::string script_in(const std::string& html) {
  const std::string begin = "<script>", end = "</script>";
  const std::size_t at = html.find(begin) + begin.size();
  return html.substr(at, html.find(end, at) - at);
}

// Whole and well-formed: a page of ours is XML as well, but for its doctype and its script.
static pugi::xml_document parse(std::string html) {
  util::replace_all(html, script_in(html), "");
  pugi::xml_document document;
  const auto result = document.load_string(html.c_str(), pugi::parse_default | pugi::parse_doctype);
  CAPTURE(std::string(result.description()));
  CHECK(result);
  return document;
}

TEST_CASE("a page says the verdict first, then the matrix, then each cell") {
  const auto document = parse(page_of(report::example_run()));
  const auto verdict = document.select_node("//p[contains(@class, 'verdict')]").node();
  CHECK(has(verdict.text().as_string(), "unexpected"));
  CHECK(document.select_nodes("//table//td").size() > 0);
  for (const model::CellResult& cell : report::example_run().cells) {
    const auto shown =
        document.select_node(fmt::format("//details[@id='cell-{}']", cell.id).c_str()).node();
    REQUIRE(shown);
    CHECK(static_cast<bool>(shown.attribute("open")) == !cell.judgement.expected);
  }
}

TEST_CASE("a cell says what the filter asks for") {
  report::RunReport report = report::example_run();
  report.cells[6].judgement.verdict = model::Verdict::pass;  // mm/gone@2; mm/gone is a skip
  const auto document = parse(page_of(report));
  const auto cell = document.select_node("//details[@id='cell-mine/l1/mm/gone@2']").node();
  CHECK(std::string(cell.attribute("data-s").value()) == "pass unexpected flaky");
  CHECK(std::string(cell.attribute("data-k").value()) == "mine 内核 6.x-amd64");
  CHECK(std::string(cell.attribute("data-t").value()) == "l1");
  CHECK(std::string(cell.attribute("data-c").value()) == "mm/gone@2");
  CHECK(std::string(cell.attribute("data-of").value()) == "mine/l1/mm/gone");
  CHECK(document.select_node("//td[@data-of='mine/l1/mm/gone']"));
}

TEST_CASE("a finding leads to its lines, and its log is in the page") {
  report::RunReport report = report::example_run();
  model::CellResult& cell = report.cells.front();
  cell.files["kmsg"] = "cells/kmsg.log";
  const auto document =
      parse(page_of(report, [](const std::string& path) { return path + "\r\nlast\n"; }));
  const auto link = document.select_node("//a[@href='cells/kmsg.log'][@data-lines='412-412']");
  CHECK(std::string(link.node().text().as_string()) == "kmsg, line 412");
  const auto data = document.select_node("//script[@data-path='cells/kmsg.log']").node();
  CHECK(std::string(data.attribute("type").value()) == "application/gzip");
  CHECK(std::string(data.attribute("data-lines").value()) == "1-2");
  CHECK(std::string(data.attribute("data-of").value()) == "2");
  CHECK(data.text().as_string() == util::base64(formats::gzip("cells/kmsg.log\nlast\n")));
}

TEST_CASE("the logs of the last run in which a bad cell passed are linked, and in the page") {
  const report::RunReport report = report::example_run();
  const auto bad = std::ranges::find_if(
      report.cells, [](const model::CellResult& cell) { return !cell.judgement.expected; });
  REQUIRE(bad != report.cells.end());
  const Run run{
      report, "", {{bad->id, {"2026-11-28T03:00:00Z", "6.1", {{"console", "/then/c.log"}}}}}};
  const auto document = parse(
      html({run}, [](const std::string& path) { return path == "/then/c.log" ? "said\n" : ""; }));
  const auto line = document.select_node("//p[@class='good-files']").node();
  CHECK(has(line.text().get(), "it passed on 2026-11-28T03:00:00Z, with 6.1:"));
  CHECK(line.child("a").attribute("href").as_string() == std::string("/then/c.log"));
  CHECK(document.select_node("//script[@data-path='/then/c.log']"));
}

TEST_CASE("every link leads to a cell of the page or to a file of the run") {
  const auto document = parse(page_of(report::example_run()));
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
      "onclick=\"x\x1b[2J\x01\xff\u202E&amp;";
  model::CellResult& cell = report.cells.front();
  cell.judgement.expected = false;
  cell.judgement.reason = hostile;
  cell.id = "k/l1/" + hostile;
  cell.findings = {{.title = hostile, .excerpt = hostile}};
  cell.subtests = {{.name = hostile, .diagnostic = hostile}};
  cell.evidence = {{.name = hostile, .fact = hostile}};
  cell.files["console"] = "console.log";
  const std::string page = page_of(report, [&](const std::string&) { return hostile + "\n"; });
  const auto document = parse(page);
  CHECK(document.select_nodes("//script[not(@type)]").size() == 1);
  CHECK(document.select_nodes("//img | //@onclick | //@onerror").size() == 0);
  CHECK_FALSE(has(page, "<script>alert"));
  CHECK(std::ranges::none_of(page, [](char c) { return c == '\x1b' || c == '\x01'; }));
  CHECK_FALSE(has(page, "\u202E"));
}

TEST_CASE("no browser may load anything for a page, or run anything but its script") {
  const std::string page = page_of(report::example_run());
  const util::ScratchDir scratch("kproof-page");
  util::write_file_atomically(scratch.path() / "script", script_in(page));
  const std::string hash = util::run_checked(
      {.argv = {"sh", "-c",
                "sha256sum \"$0\" | head -c 64 | tr a-f A-F | basenc --base16 -d | base64",
                (scratch.path() / "script").string()}});
  CHECK(has(page, fmt::format("Content-Security-Policy\" content=\"default-src 'none'; base-uri "
                              "'none'; form-action 'none'; style-src 'unsafe-inline'; script-src "
                              "'sha256-{}'\"",
                              util::chomp(hash))));
  CHECK_FALSE(has(page, "http://"));
  CHECK_FALSE(has(page, "https://"));
  CHECK_FALSE(has(page, " src="));
}

// Half a megabyte that becomes smaller as a kernel's log does.
static std::string large_log() {
  std::mt19937 random(1);
  std::string log;
  for (int i = 0; log.size() < 500u << 10; ++i)
    log += fmt::format("[{:12.6f}] pci 0000:00:{:02x}.0: reg 0x10: [mem {:#010x}-{:#010x}]\r\n",
                       i / 1000.0, random() % 32, random(), random());
  return log;
}

static std::string page_of_a_thousand(bool passed) {
  report::RunReport report = report::example_run();
  model::CellResult cell = report.cells.front();
  if (passed)
    cell.judgement = {model::Verdict::pass, model::Blame::none, "4 of 4", true};
  else
    cell.judgement = {model::Verdict::crash, model::Blame::kernel, "the kernel panicked", false};
  if (!passed) cell.findings = {{.title = "oops", .excerpt = std::string(16 << 10, 'x')}};
  cell.files = {{"console", "console.log"}, {"kmsg", "kmsg.log"}};
  report.cells.clear();
  for (int i = 0; i < 1000; ++i) {
    cell.id = fmt::format("k/l1/mm/case_{}", i);
    report.cells.push_back(cell);
  }
  const std::string log = large_log();
  return page_of(report, [&](const std::string&) { return log; });
}

TEST_CASE("a thousand failures with large logs make a page that a browser can open") {
  const std::string page = page_of_a_thousand(false);
  CHECK(page.size() < 25u << 20);
  CHECK(page.size() > 15u << 20);  // what room there is is used
  CHECK(parse(page).select_nodes("//script[@data-path]").size() == 2000);
}

TEST_CASE("of a thousand passes both ends of each log are in the page") {
  const std::string page = page_of_a_thousand(true);
  CHECK(page.size() < 25u << 20);
  const auto document = parse(page);
  CHECK(document.select_nodes("//script[@data-path]").size() == 2000);
  const std::string lines = document.select_node("//script/@data-lines").attribute().value();
  CHECK(lines.starts_with("1-"));
  CHECK(std::ranges::count(lines, ' ') == 1);
}

TEST_CASE("a series says whether it is clean, and what each patch changed") {
  report::RunReport report = report::example_run();
  const std::string kernel = report.cells.front().kernel;
  report.series = series::matrix_of({{kernel, "the base", ""}, {"+1", "mm: x", "mm/x.c:1: error"}},
                                    report.cells, {});
  const std::string page = page_of(report);
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
  const auto document = parse(page_of(report));
  CHECK(document.select_nodes("//svg/circle").size() > 0);
}

TEST_CASE("several runs on one page: what differs first, and each cell has a place of its own") {
  report::RunReport a = report::example_run(), b = a;
  b.cells[1].judgement = {model::Verdict::crash, model::Blame::kernel, "the kernel panicked",
                          false};
  const auto document = parse(html({{a, "monday"}, {b, "tuesday"}}, kNoFiles));
  const auto verdict = document.select_node("//p[contains(@class, 'verdict')]").node();
  CHECK(has(verdict.text().as_string(), "The runs differ in 1 of 7 cells"));
  CHECK(document.select_nodes("//details[contains(@data-s, ' differs')]").size() == 2);
  for (const char* run : {"1/", "2/"}) {
    const std::string name = run + a.cells[1].id;
    CHECK(document.select_nodes(fmt::format("//*[@id='cell-{}']", name).c_str()).size() == 1);
    CHECK(document.select_nodes(fmt::format("//td[@data-of='{}']", name).c_str()).size() == 2);
  }
  for (const auto& link : document.select_nodes("//td/a")) {
    const std::string id = link.node().attribute("href").as_string() + 1;
    CHECK(document.select_node(fmt::format("//*[@id='{}']", id).c_str()));
  }
}

TEST_CASE("a bisection says what it found, and its steps lead to their own pages") {
  report::BisectReport report{.plan = "p", .kernel = "mine", .signature = {"mm/a l1: <bad pud>"}};
  report.steps = {{"aaaabbbbccccdddd", "mm: good", {bisect::Outcome::good, "3 cells"}},
                  {"ddddeeeeffff0000", "mm: <bad>", {bisect::Outcome::bad, "bad pud"}}};
  report.first_bad = {"ddddeeeeffff0000"};
  const std::string page = html(report);
  const auto document = parse(page);
  CHECK(has(page, "The first bad revision is ddddeeeeffff mm: &lt;bad&gt;"));
  CHECK(has(page, "looked for: mm/a l1: &lt;bad pud&gt;"));
  CHECK(document.select_nodes("//tbody/tr").size() == 2);
  CHECK(document.select_node("//a[@href='revisions/ddddeeeeffff/report.html']"));
}
