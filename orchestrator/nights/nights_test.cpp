#include <algorithm>
#include <filesystem>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pugixml.hpp>

#include "history/made_up.hpp"
#include "nights/index.hpp"
#include "nights/mail.hpp"
#include "nights/overview.hpp"
#include "util/files.hpp"
#include "util/utf8.hpp"

using namespace kproof;
using namespace kproof::nights;
using history::Nights;

namespace {

const char* const kCells[] = {"k/l1/kvm/slow", "k/l1/mm/flake", "k/l1/mm/good",
                              "k/l1/mm/regressed"};

std::vector<history::RunLine> lines_of(const std::vector<history::Run>& runs) {
  std::vector<history::RunLine> lines;
  for (const history::Run& run : runs) {
    lines.push_back({});
    lines.back().kind = run.kind;
    lines.back().started = run.started;
  }
  return lines;
}

Overview overview(const std::vector<history::Run>& runs, const std::vector<std::string>& cells) {
  const auto nights = nights_of(lines_of(runs), 60);
  std::vector<Row> rows;
  for (const std::string& cell : cells)
    rows.push_back(row_of(cell, observations_in(runs, cell), nights, {.series = cells.size()}));
  return overview_of(nights, std::move(rows));
}

Overview made_up(unsigned seed) {
  return overview(Nights::of(seed), {std::begin(kCells), std::end(kCells)});
}

// The runs of one cell, a night each.
Overview of_cells(const std::vector<history::Cell>& cells) {
  std::vector<history::Run> runs;
  for (const history::Cell& cell : cells) {
    runs.push_back({});
    runs.back().plan = "my plan.yaml";
    runs.back().kind = "run";
    runs.back().started = cell.started;
    runs.back().directory = "/d/" + cell.started;
    runs.back().cells = {cell};
  }
  return overview(runs, {cells.front().name});
}

std::string night(std::size_t number) {
  return night_of(history::made_up_cell("c", number).started);
}

bool has(const std::string& text, const std::string& part) {
  CAPTURE(text);
  return text.find(part) != std::string::npos;
}

std::vector<Event> of_kind(const Overview& all, Kind kind) {
  std::vector<Event> events;
  std::ranges::copy_if(all.events, std::back_inserter(events),
                       [&](const Event& event) { return event.kind == kind; });
  return events;
}

bool lies_in(const Event& event, std::size_t number) {
  return event.least <= night(number) && night(number) <= event.most;
}

pugi::xml_document parse(const std::string& html) {
  pugi::xml_document document;
  const auto result = document.load_string(html.c_str(), pugi::parse_default | pugi::parse_doctype);
  CAPTURE(std::string(result.description()));
  CHECK(result);
  return document;
}

const Link kNoLink = [](const std::string&) { return std::string(); };

std::string summary_with(const pugi::xml_document& page, const std::string& word) {
  std::string found;
  for (const auto& one : page.select_nodes("//details[@class='event']/summary")) {
    std::string text;
    for (const auto& part : one.node().select_nodes(".//text()"))
      text += part.node().value();
    if (has(text, word)) found += text + "\n";
  }
  return found;
}

}  // namespace

TEST_CASE("a night is from noon to noon, and has the name of the day on which it ends") {
  CHECK(night_of("2026-11-29T03:00:00Z") == "2026-11-29");
  CHECK(night_of("2026-11-29T11:59:59Z") == "2026-11-29");
  CHECK(night_of("2026-11-29T12:00:00Z") == "2026-11-30");
  CHECK(night_of("2026-12-31T23:30:00Z") == "2027-01-01");
  CHECK(night_of("").empty());
  CHECK(night_of("yesterday").empty());
}

TEST_CASE("of sixty nights each of four things is named for what it is, and nothing else") {
  int flakes = 0;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const Overview all = made_up(seed);
    const auto regressions = of_kind(all, Kind::regression), slower = of_kind(all, Kind::slower),
               outages = of_kind(all, Kind::outage), flaky = of_kind(all, Kind::flake);
    REQUIRE(regressions.size() == 1);
    CHECK(regressions[0].cells == std::vector<std::string>{"k/l1/mm/regressed"});
    CHECK(regressions[0].what == "finding: WARNING in f [00112233aabbccdd]");
    CHECK(lies_in(regressions[0], Nights::kRegression));
    CHECK(regressions[0].kernel_before == "6.1.0-36");
    CHECK(regressions[0].kernel == "6.1.0-37");

    REQUIRE(slower.size() == 1);
    CHECK(slower[0].cells == std::vector<std::string>{"k/l1/kvm/slow"});
    CHECK(slower[0].what == "stall (us)");
    CHECK(lies_in(slower[0], Nights::kSlowdown));

    REQUIRE(outages.size() == 1);
    CHECK(outages[0].cells.size() == 4);
    CHECK(outages[0].since == night(Nights::kOut));
    CHECK(outages[0].until == night(Nights::kBack - 1));

    for (const Event& event : flaky)
      CHECK(event.cells == std::vector<std::string>{"k/l1/mm/flake"});
    flakes += flaky.size() == 1;
    CHECK(all.events.size() == 3 + flaky.size());

    const Ending ending = ending_of(all);
    CHECK(ending.real == std::vector<std::string>{"k/l1/mm/regressed"});
    CHECK_FALSE(ending.host);
  }
  CHECK(flakes >= 15);
}

TEST_CASE("the page of sixty nights says so of the four, with a line of signs for each cell") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const Overview all = made_up(seed);
    const auto page = parse(index_html(all, kNoLink));
    CHECK(page.select_nodes("//details[@class='event']").size() == all.events.size());
    CHECK(
        has(summary_with(page, "✗ regression"), "k/l1/mm/regressed, since the night of 2026-02-1"));
    CHECK(
        has(summary_with(page, "✗ slower"), "stall (us) k/l1/kvm/slow, since the night of 2026-0"));
    CHECK(
        has(summary_with(page, "? outage"), "4 cells, since the night of " + night(Nights::kOut)));
    const auto rows = page.select_nodes("//table[@class='nights']/tbody/tr");
    REQUIRE(rows.size() == 4);
    for (const auto& row : rows)
      CHECK(row.node().select_nodes("td").size() == Nights::kNights);
    CHECK(page.select_nodes("//td[@class='odd']").size() == 4 * (Nights::kBack - Nights::kOut));
    CHECK(page.select_nodes("//svg").size() == 2);
    CHECK(page.select_nodes("//svg/line[@class='change']").size() == 1);
    CHECK(page.select_nodes("//script").size() == 0);
  }
}

TEST_CASE("a square leads to the report of its run, where that is still there") {
  const util::ScratchDir scratch("kproof-nights-");
  std::filesystem::create_directories(scratch.path() / "a b%");
  util::write_file_atomically(scratch.path() / "a b%" / "report.html", "");
  const std::string here = scratch.path().string();
  CHECK(link_to_report(here + "/a b%", here) == "a%20b%25/report.html");
  CHECK(link_to_report(here + "/gone", here).empty());
  const auto page = parse(index_html(made_up(1), [](const std::string& directory) {
    return directory == "/nights/59" ? "59/report.html" : "";
  }));
  CHECK(page.select_nodes("//td/a[@href='59/report.html']").size() == 4);
  CHECK(page.select_nodes("//td/a").size() == 4);
}

TEST_CASE("what a guest says is text on the page, and obeyed by no terminal in a mail") {
  std::vector<history::Cell> cells;
  const compare::Sign hostile{compare::Sign::Kind::finding,
                              "</summary><script>alert(1)</script>\x1b[2J`*", ""};
  for (std::size_t i = 0; i < 40; ++i) {
    cells.push_back(history::made_up_cell("k/l1/mm/a", i));
    if (i > 30) cells.back() = bad(cells.back(), hostile);
  }
  const Overview all = of_cells(cells);
  CHECK(all.events.size() == 1);
  const std::string html = index_html(all, kNoLink);
  CHECK(parse(html).select_nodes("//script").size() == 0);
  for (const std::string& text : {html, mail_text(all), mail_markdown(all)})
    CHECK(text.find('\x1b') == std::string::npos);
  CHECK(has(mail_markdown(all), "\\<script\\>"));
}

TEST_CASE("several events of a kind are counted in words that fit") {
  const auto events = [](Kind kind) { return std::vector<Event>(2, Event{.kind = kind}); };
  CHECK(totals_of(events(Kind::regression)) == "2 regressions");
  CHECK(totals_of(events(Kind::fresh)) == "2 new");
  CHECK(totals_of({}) == "nothing changed");
}

TEST_CASE("a mail says all in lines of 78 columns") {
  const std::string mail = mail_text(made_up(1));
  std::istringstream lines(mail);
  for (std::string line; std::getline(lines, line);)
    CHECK(util::display_width(line) <= 78);
  CHECK(has(mail, "Nights to 2026-03-04: 1 regression, 1 slower, 1 outage"));
  CHECK(has(mail, "Last night: 1 cell is unexpected and real"));
  CHECK(has(mail, "\n  k/l1/mm/regressed: fail\n"));
  CHECK(has(mail,
            "\nREGRESSION: finding: WARNING in f [00112233aabbccdd]\n"
            "  cells:  k/l1/mm/regressed\n"
            "  seen:   0 of 34 -> 23 of 23\n"
            "  since:  the night of 2026-02-10"));
  CHECK(has(mail,
            "\n  kernel: 6.1.0-36 -> 6.1.0-37\n"
            "  files:  /nights/59\n"
            "  again:  kproof run nightly --kernel k --topology l1 --case mm/regressed\n"));
  CHECK(has(mail, "\nOUTAGE: broken: no room on the disk\n"));
  CHECK(has(mail, "  since:  the night of 2026-01-21 to that of 2026-01-23\n"));
  const std::string markdown = mail_markdown(made_up(1));
  CHECK(has(markdown, "### regression: finding: WARNING in f \\[00112233aabbccdd\\]\n"));
  CHECK(
      has(markdown, "```\nkproof run nightly --kernel k --topology l1 --case mm/regressed\n```\n"));
}

TEST_CASE(
    "a first failure is real, and one that a repetition of the same night contradicts is not") {
  std::vector<history::Cell> cells;
  for (std::size_t i = 0; i < 30; ++i)
    cells.push_back(history::made_up_cell("k/l1/mm/a", i));
  cells.push_back(bad(history::made_up_cell("k/l1/mm/a", 30), history::kNotOk));
  Overview all = of_cells(cells);
  CHECK(ending_of(all).real.size() == 1);
  REQUIRE(all.events.size() == 1);
  CHECK(all.events[0].kind == Kind::fresh);
  CHECK(all.events[0].again[2] == "my plan.yaml");
  CHECK(has(mail_text(all), "kproof run 'my plan.yaml'"));

  cells.push_back(history::made_up_cell("k/l1/mm/a", 30));
  cells.back().repetition = 2;
  all = of_cells(cells);
  CHECK(ending_of(all).real.empty());
  REQUIRE(all.events.size() == 1);
  CHECK(all.events[0].kind == Kind::flake);
}

TEST_CASE("a fault that shows as a finding and as subtests that are not ok is told once") {
  std::vector<history::Cell> cells;
  for (std::size_t i = 0; i < 10; ++i) {
    cells.push_back(bad(history::made_up_cell("k/l1/mm/a", i), history::kWarning));
    for (const char* name : {"read faults", "write faults"})
      cells.back().signs.push_back({compare::Sign::Kind::failed, name, ""});
  }
  const Overview all = of_cells(cells);
  REQUIRE(all.events.size() == 1);
  CHECK(all.events[0].what == "finding: WARNING in f [00112233aabbccdd]");
  CHECK(all.events[0].with ==
        std::vector<std::string>{"not ok: read faults", "not ok: write faults"});
  CHECK(has(mail_text(all), "  with:   not ok: read faults, not ok: write faults\n"));
}

TEST_CASE("a symptom that came later than another is told by itself") {
  std::vector<history::Cell> cells;
  for (std::size_t i = 0; i < 30; ++i) {
    cells.push_back(bad(history::made_up_cell("k/l1/mm/a", i), history::kWarning));
    cells.back().seen = {"write faults"};
    if (i >= 15) cells.back().signs.push_back({compare::Sign::Kind::failed, "write faults", ""});
  }
  CHECK(of_cells(cells).events.size() == 2);
}

TEST_CASE("what is unexpected all the time is real, and what the plan expects is no news") {
  std::vector<history::Cell> cells;
  for (std::size_t i = 0; i < 10; ++i)
    cells.push_back(bad(history::made_up_cell("k/l1/mm/a", i), history::kWarning));
  CHECK(of_cells(cells).events.at(0).kind == Kind::standing);
  CHECK(ending_of(of_cells(cells)).real.size() == 1);
  for (history::Cell& cell : cells)
    cell.standing = compare::Standing::expected;
  CHECK(of_cells(cells).events.empty());
  CHECK(ending_of(of_cells(cells)).real.empty());
  CHECK(has(mail_text(of_cells(cells)), "nothing changed"));
}

TEST_CASE(
    "a last night that a fault of the host spoiled is no verdict, and a skip that nobody expects "
    "is") {
  std::vector<history::Cell> cells;
  for (std::size_t i = 0; i < 10; ++i)
    cells.push_back(history::made_up_cell("k/l1/mm/a", i));
  cells.back() = broken(cells.back());
  CHECK(ending_of(of_cells(cells)).host);
  CHECK(ending_of(of_cells(cells)).real.empty());
  cells.back().standing = compare::Standing::unexpected;
  cells.back().verdict = "skip";
  CHECK(of_cells(cells).events.at(0).kind == Kind::lost);
  CHECK(ending_of(of_cells(cells)).real.size() == 1);
}

TEST_CASE("steps of a bisection make no night, and old nights are left out") {
  auto lines = lines_of(Nights::of(1));
  CHECK(nights_of(lines, 60).size() == 60);
  CHECK(nights_of(lines, 7).front() == night(53));
  for (history::RunLine& line : lines)
    line.kind = history::kStep;
  CHECK(nights_of(lines, 60).empty());
  CHECK(has(index_html(overview_of({}, {}), kNoLink), "Nothing."));
}
