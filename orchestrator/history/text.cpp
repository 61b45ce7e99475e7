#include "history/text.hpp"

#include <fmt/format.h>

#include "report/text.hpp"
#include "util/units.hpp"

namespace kproof::history {
using report::number;
using report::printable;

// "run 41 of 2026-11-10"
static std::string when(const CellHistory& past, std::size_t moment) {
  const Moment& at = past.moments[moment];
  return fmt::format("run {} of {}", at.run, at.started.substr(0, 10));
}

std::string rate(const stats::Tally& tally) {
  const double percent = 100 * tally.rate();
  return fmt::format(
      "{} of {}{}", tally.failed, tally.of,
      tally.failed == 0 || tally.failed == tally.of ? "" : fmt::format(" ({:.2g} %)", percent));
}

static std::string interval(const CellHistory& past, std::size_t least, std::size_t most) {
  return least == most ? "" : fmt::format(" (99 %: {} to {})", when(past, least), when(past, most));
}

// Which kernels lie on both sides of a change, where they differ.
static std::string kernels(const CellHistory& past, std::size_t at) {
  const std::string &before = past.moments[at - 1].kernel, &behind = past.moments[at].kernel;
  return before == behind
             ? fmt::format("    kernel: {}\n", printable(behind))
             : fmt::format("    kernel: {} -> {}\n", printable(before), printable(behind));
}

std::string name_of(const Symptom& symptom) {
  const std::string known = symptom.known ? ", known" : "";
  const std::string mark =
      symptom.sign.fingerprint.empty() ? "" : " [" + symptom.sign.fingerprint + "]";
  return printable(to_string(symptom.sign)) + mark + known;
}

static std::string render(const CellHistory& past, const Symptom& symptom) {
  std::string out = fmt::format("  {}: {}\n", to_string(symptom.state), name_of(symptom));
  for (const stats::RateChange& change : symptom.changes)
    out += fmt::format("    {} -> {}, since {}{}\n{}", rate(change.before), rate(change.behind),
                       when(past, change.at), interval(past, change.least, change.most),
                       kernels(past, change.at));
  if (symptom.changes.empty())
    out += fmt::format("    {}{}\n", rate(symptom.all),
                       symptom.state == State::fresh   ? ": too few to say what it is"
                       : symptom.state == State::flaky ? ", unchanged"
                                                       : "");
  return out + fmt::format("    first seen {}, last {}; in {} since\n", when(past, symptom.first),
                           when(past, symptom.last),
                           util::format_count(past.moments.size() - symptom.first, "run"));
}

static std::string render(const CellHistory& past, const Outage& outage) {
  const std::string until =
      outage.from == outage.to ? "" : fmt::format(" to {}", when(past, outage.to));
  return fmt::format("  nothing proven: {}{}, {}: {}: {}\n", when(past, outage.from), until,
                     util::format_count(outage.to - outage.from + 1, "run"),
                     printable(outage.verdict), printable(outage.reason));
}

static std::string percent(double before, double behind) {
  return before > 0 ? fmt::format(" ({:+.1f} %)", 100 * (behind - before) / before) : "";
}

std::string step(const stats::LevelChange& change) {
  return fmt::format("{} -> {}{}", number(change.before), number(change.behind),
                     percent(change.before, change.behind));
}

static std::string render(const CellHistory& past, const Trace& trace) {
  std::string out = fmt::format("  {}{}: ", printable(trace.metric),
                                trace.unit.empty() ? "" : " (" + printable(trace.unit) + ")");
  if (trace.changes.empty()) out += fmt::format("{}, no change", number(trace.median));
  for (const stats::LevelChange& change : trace.changes)
    out +=
        fmt::format("{}{}, since {}{}", &change == trace.changes.data() ? "" : "; ", step(change),
                    when(past, change.at), interval(past, change.least, change.most));
  out += fmt::format("; {}", util::format_count(trace.figures, "figure"));
  if (trace.other_setting > 0)
    out += fmt::format("; {} of other hosts or settings left out", trace.other_setting);
  if (trace.other_unit > 0) out += fmt::format("; {} of other units left out", trace.other_unit);
  return out + "\n";
}

std::string render(const CellHistory& past) {
  std::string out = printable(past.cell) + "\n";
  if (past.moments.empty()) return out + "  never ran\n";
  out += fmt::format(
      "  {}, {} to {}; bad in {} of {} that proved something\n",
      util::format_count(past.moments.size(), "run"), past.moments.front().started.substr(0, 10),
      past.moments.back().started.substr(0, 10), past.bad, util::format_count(past.proven, "cell"));
  for (const Symptom& symptom : past.symptoms)
    out += render(past, symptom);
  for (const Outage& outage : past.outages)
    out += render(past, outage);
  for (const Trace& trace : past.traces)
    out += render(past, trace);
  return out;
}

std::string render(const std::vector<RunLine>& runs) {
  std::string out = fmt::format("{:>6}  {:20}  {:13}  {:>8}  {:>10}  {:>6}  {}\n", "run", "started",
                                "kind", "expected", "unexpected", "faults", "plan, directory");
  for (const RunLine& run : runs)
    out += fmt::format("{:>6}  {:20}  {:13}  {:>8}  {:>10}  {:>6}  {}, {}{}\n", run.id, run.started,
                       run.kind.empty() ? "killed" : run.kind, run.expected, run.unexpected,
                       run.faults, printable(run.plan), printable(run.directory),
                       run.interrupted ? " (interrupted)" : "");
  return out;
}

}  // namespace kproof::history
