#include "nights/index.hpp"

#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "nights/facts.hpp"
#include "nights/trend.hpp"
#include "page/element.hpp"
#include "util/subprocess.hpp"
#include "util/units.hpp"
#include "util/uri.hpp"

namespace kproof::nights {
namespace fs = std::filesystem;
using page::Element;
using page::Look;

// Where a line is too long the last nights are what is seen first, beside the cell's name.
static constexpr std::string_view kIndexStyle = R"(
.lately { direction: rtl; } .lately table { direction: ltr; margin-right: auto; }
.nights th, .nights td { padding: 0 .1rem 0 0; text-align: center; font-variant-numeric: tabular-nums; }
.nights thead th { font-size: .7rem; font-weight: normal; color: var(--soft); }
.nights tbody th { text-align: left; padding-right: .75rem; white-space: nowrap; font-weight: normal; }
.nights tr th:first-child { position: sticky; left: 0; background: var(--paper); }
.nights a { text-decoration: none; }
.nights a:hover, .nights a:focus-visible { text-decoration: underline; }
)";

static Look look_of(Mark mark) {
  static constexpr std::array<Look, 5> kLooks{page::kNothing, page::kGood, page::kExpected,
                                              page::kOdd, page::kBad};
  return kLooks.at(static_cast<std::size_t>(mark));
}

static Look look_of(Kind kind) {
  switch (kind) {
    case Kind::mended:
      return page::kGood;
    case Kind::outage:
      return page::kOdd;
    case Kind::flake:
    case Kind::figure:
      return {"odd", "≈"};
    default:
      return page::kBad;
  }
}

static void add_head(const Element& body, const Overview& overview) {
  body.add("h1", "", "Nights");
  const Ending ending = ending_of(overview);
  const bool bad = !ending.real.empty() || !ending.slower.empty();
  add_verdict(
      body,
      bad           ? page::kBad
      : ending.host ? page::kOdd
                    : page::kGood,
      fmt::format("{} In all these nights: {}.", sentence_of(ending), totals_of(overview.events)));
  if (overview.nights.empty()) return;
  body.add("p", "soft",
           fmt::format("{}, {} to {}; {}", util::format_count(overview.nights.size(), "night"),
                       overview.nights.front(), overview.nights.back(),
                       util::format_count(overview.rows.size(), "cell")));
}

static void add_fact(const Element& list, const char* name, const std::string& value) {
  list.add("dt", "", name);
  list.add("dd", "", value);
}

static void add_event(const Element& body, const Event& event, const Link& link) {
  const Look look = look_of(event.kind);
  const Element details = body.add("details", "event");
  const Element summary = details.add("summary");
  summary.add("strong", look.css, fmt::format("{} {}", look.sign, to_string(event.kind)));
  summary.text(fmt::format(" {} ", event.what));
  summary.add("span", "soft",
              fmt::format("{}, since the night of {}",
                          event.cells.size() == 1 ? event.cells.front()
                                                  : util::format_count(event.cells.size(), "cell"),
                          event.since));
  const Element list = details.add("dl");
  constexpr std::size_t kMost = 200;
  for (const Fact& fact : facts_of(event, kMost))
    add_fact(list, fact.name, fact.value);
  if (!event.again.empty()) add_fact(list, "run it again", util::shell_quote(event.again));
  if (const std::string href = link(event.directory); !href.empty())
    details.add("p").add("a", "", "report.html of that run").set("href", href);
}

static void add_events(const Element& body, const Overview& overview, const Link& link) {
  body.add("h2", "", "What changed");
  if (overview.events.empty()) body.add("p", "", "Nothing.");
  for (const Event& event : overview.events)
    add_event(body, event, link);
}

// Months, and below them days.
static void add_dates(const Element& table, const std::vector<std::string>& nights) {
  const Element head = table.add("thead");
  const Element months = head.add("tr"), days = head.add("tr");
  months.add("th");
  days.add("th", "", "cell");
  for (std::size_t i = 0; i < nights.size();) {
    const std::string month = nights[i].substr(0, 7);
    std::size_t span = 0;
    for (; i < nights.size() && nights[i].starts_with(month); ++i, ++span)
      days.add("th", "", nights[i].substr(8));
    months.add("th", "", month).set("colspan", std::to_string(span));
  }
}

static void add_squares(const Element& body, const Overview& overview, const Link& link) {
  if (overview.rows.empty()) return;
  body.add("h2", "", "Cells, night by night");
  const Element table = body.add("div", "wide lately").add("table", "nights");
  add_dates(table, overview.nights);
  const Element rows = table.add("tbody");
  for (const Row& row : overview.rows) {
    const Element line = rows.add("tr");
    line.add("th", "", row.past.cell);
    for (std::size_t i = 0; i < row.squares.size(); ++i) {
      const Square& square = row.squares[i];
      const Look look = look_of(square.mark);
      const Element place = line.add("td", look.css);
      if (square.mark != Mark::none)
        place.set("title", fmt::format("{}: {}", overview.nights[i], square.verdict));
      const std::string href = square.mark == Mark::none ? "" : link(square.directory);
      if (href.empty())
        place.text(look.sign);
      else
        place.add("a", look.css, look.sign).set("href", href);
    }
  }
  body.add("p", "soft",
           "✓ pass, ≈ as expected and no pass, ✗ unexpected, ? a fault of the host, · did not run; "
           "of several runs of a night the worst, which its sign leads to");
}

// Those that changed all, the others as long as a browser likes it.
static void add_figures(const Element& body, const Overview& overview) {
  constexpr std::size_t kMostUnchanged = 500;
  std::size_t shown = 0, left_out = 0;
  for (const bool changed : {true, false})
    for (const Row& row : overview.rows)
      for (const history::Trace& trace : row.past.traces) {
        if (trace.changes.empty() == changed) continue;
        if (!changed && shown >= kMostUnchanged) {
          ++left_out;
          continue;
        }
        if (shown++ == 0) body.add("h2", "", "Figures");
        add_trend(body.add("div", "wide"), row.past, trace, overview.nights.front());
      }
  if (left_out > 0)
    body.add("p", "soft",
             fmt::format("{} without a change left out: `kproof history --metric NAME` has them",
                         util::format_count(left_out, "figure")));
}

std::string index_html(const Overview& overview, const Link& link) {
  const page::Document document("Nights - kproof", page::Scripts::none,
                                fmt::format("{}{}", kIndexStyle, kTrendStyle));
  const Element body = document.body();
  add_head(body, overview);
  add_events(body, overview, link);
  add_squares(body, overview, link);
  add_figures(body, overview);
  return document.html();
}

std::string link_to_report(const std::string& directory, const std::string& from) {
  const fs::path file = fs::path(directory) / "report.html";
  std::error_code error;
  if (directory.empty() || !fs::exists(file, error)) return "";
  const std::string path = fs::relative(file, from, error).string();
  if (error || path.empty()) return "";
  return util::uri_of_path(path);
}

}  // namespace kproof::nights
