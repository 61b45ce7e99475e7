#include "report/summary.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "report/repetitions.hpp"
#include "util/units.hpp"

namespace kproof::report {

std::string render_totals(const RunReport& report) {
  std::map<std::pair<model::Verdict, bool>, std::pair<std::string, std::size_t>> counts;
  std::size_t unexpected = 0, reused = 0, skipping = 0, skipped = 0, discounted = 0;
  for (const auto& cell : report.cells) {
    auto& [text, count] = counts[{cell.judgement.verdict, !cell.judgement.expected}];
    text = verdict_text(cell.judgement);
    ++count;
    unexpected += !cell.judgement.expected;
    reused += cell.reused;
    discounted += cell.discounted.size();
    const std::size_t skips = left_out_of(cell).size();
    skipping += skips > 0;
    skipped += skips;
  }
  std::vector<std::string> parts;
  for (const auto& [key, part] : counts)
    parts.push_back(fmt::format("{} {}", part.second, part.first));
  std::string out = fmt::format("{}: {}", util::format_count(report.cells.size(), "cell"),
                                fmt::join(parts, ", "));
  if (skipped > 0)
    out += fmt::format("; {} skipped in {}", util::format_count(skipped, "subtest"),
                       util::format_count(skipping, "cell"));
  if (discounted > 0)
    out += fmt::format("; {} did not count", util::format_count(discounted, "attempt"));
  if (reused > 0) out += fmt::format(" ({} kept from an earlier run)", reused);
  const auto flaky = std::ranges::count_if(repetitions_in(report.cells), disagree);
  if (flaky > 0) out += fmt::format("; {} flaky", flaky);
  const bool whole = report.planned <= report.cells.size();
  if (!whole) out += fmt::format("; {} did not run", report.planned - report.cells.size());
  if (report.interrupted)
    return out + (unexpected > 0 ? fmt::format(". {} unexpected", unexpected) : "") +
           ". Interrupted.\n";
  if (unexpected > 0) return out + fmt::format(". {} unexpected.\n", unexpected);
  return out + (whole ? ". Everything as expected.\n" : ".\n");
}

std::string render_summary(const RunReport& report, const Style& style) {
  const std::string notes = render_notes(report, style);
  const auto part = [](const std::string& text) { return text.empty() ? text : text + "\n"; };
  return part(render_table(report, style)) + part(render_axes(report)) +
         part(render_metrics(report, style)) + part(notes) + part(render_skips(report)) +
         part(render_discounted(report)) + render_totals(report);
}

}  // namespace kproof::report
