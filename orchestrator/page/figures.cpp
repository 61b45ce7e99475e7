#include "page/figures.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "page/chart.hpp"
#include "report/figures.hpp"
#include "report/text.hpp"
#include "stats/ranks.hpp"

namespace kproof::page {
using report::RunReport;

namespace {
// Figures of one name of the repetitions of a cell; sorted.
struct Samples {
  std::string cell;
  std::vector<double> values;
};
}  // namespace

static std::map<std::pair<std::string, std::string>, std::vector<Samples>> samples_of(
    const RunReport& report) {
  std::map<std::pair<std::string, std::string>, std::vector<Samples>> figures;
  for (const report::Repetitions& cells : report::repetitions_in(report.cells))
    for (auto& [name, values] : report::figures_of(cells))
      figures[name].push_back({cells.front()->id, std::move(values)});
  return figures;
}

void add_figures(const Element& body, const RunReport& report) {
  bool any = false;
  for (const auto& [name, cells] : samples_of(report)) {
    if (!report::is_watched(report, name.first)) continue;
    if (!std::exchange(any, true)) body.add("h2", "", "Figures");
    double least = cells.front().values.front(), most = least;
    for (const Samples& samples : cells) {
      least = std::min(least, samples.values.front());
      most = std::max(most, samples.values.back());
    }
    body.add("h3", "", fmt::format("{} ({})", name.first, name.second));
    const Element table = body.add("div", "wide").add("table");
    for (const Samples& samples : cells) {
      const Element row = table.add("tr");
      row.add("td", "", samples.cell);
      const std::string median = report::number(stats::median(samples.values));
      row.add("td", "", fmt::format("{} of {}", median, samples.values.size()));
      add_dots(row.add("td"), samples.values, least, most,
               fmt::format("median {} {}", median, name.second));
    }
    body.add("p", "soft",
             fmt::format("axis: {} to {} {}; the line is the median", report::number(least),
                         report::number(most), name.second));
  }
}

}  // namespace kproof::page
