#include "report/reply.hpp"

#include <set>
#include <sstream>

#include <fmt/format.h>

#include "report/before_after.hpp"
#include "report/series.hpp"
#include "report/text.hpp"
#include "report/two_runs.hpp"
#include "util/wrap.hpp"

namespace kproof::report {

static constexpr std::size_t kColumns = 72;

static std::string wrapped(const std::string& text) {
  return util::wrap(text, 0, kColumns);
}

// Nobody else has them.
static std::string without_logs(const std::string& changes) {
  std::istringstream lines(changes);
  std::string out;
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with("    log: ")) out += line + "\n";
  return out;
}

static std::string figures(const RunReport& report) {
  std::string out;
  for (const series::MetricColumn& column : report.series->metrics)
    if (column.figures[0].values.size() > 1 && column.figures[1].values.size() > 1)
      out += text_of_figures(column);
  return out.empty() ? "" : out + "\n";
}

static std::string kernels(const RunReport& report) {
  std::string out;
  for (const series::Row& row : report.series->rows) {
    std::set<std::string> told;
    for (const model::CellResult& cell : report.cells)
      if (cell.kernel == row.kernel && !cell.kernel_release.empty())
        told.insert(
            fmt::format("{}: {}, of {}", row.kernel, cell.kernel_release, cell.kernel_origin));
    for (const std::string& line : told)
      out += wrapped(printable(line));
  }
  return out;
}

std::string reply(const RunReport& report, const series::Answer& answer,
                  const std::string& command) {
  const Style style{.width = kColumns};
  std::string out = wrapped(
      "I ran this through kproof, which boots both kernels in QEMU and runs "
      "mm and KVM tests in them:");
  for (const series::Row& row : report.series->rows)
    out += fmt::format("  {:8}{}\n", row.kernel + ":", printable(row.subject));
  out += fmt::format("\n{}\n{}\n", wrapped(printable(answer.text)),
                     render_before_after(*report.series, style));
  if (const std::string changes = without_logs(render_changes(report, style)); !changes.empty())
    out += changes + "\n";
  out += figures(report) + kernels(report);
  out += wrapped(fmt::format("host: {}, {} of {}, QEMU {}", report.host.os,
                             report.host.accel == model::Accel::kvm ? "KVM" : "TCG (no KVM)",
                             report.host.cpu, report.host.qemu));
  return out + fmt::format("\nAgain:\n  {}\n", printable(command));
}

}  // namespace kproof::report
