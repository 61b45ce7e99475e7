#include "report/junit.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "compare/proven.hpp"
#include "report/junit_document.hpp"
#include "report/junit_series.hpp"
#include "report/text.hpp"

namespace kproof::report {
using compare::Standing;
using model::CellResult;
using model::Verdict;
using Result = model::Subtest::Result;

// In a series the verdict of a cell is not the question, but what changed: the suite of the series
// says that.
static Junit::Kind kind_of(const CellResult& cell, bool in_series) {
  const Standing standing = compare::standing_of(cell.judgement);
  const bool open = compare::proven(cell).says == compare::Says::nothing;
  if (standing == Standing::host) return Junit::Kind::error;
  if (in_series || standing == Standing::expected)
    return open ? Junit::Kind::skipped : Junit::Kind::passed;
  return Junit::Kind::failure;
}

// Everything that a reader of the CI's page needs, so that logs are opened for detail only.
static std::string story(const CellResult& cell) {
  std::string text = fmt::format("{}: {}\n", verdict_text(cell), cell.judgement.reason);
  if (!cell.expectation.reason.empty())
    text += fmt::format("expected {}: {}\n", to_string(cell.expectation.verdict),
                        cell.expectation.reason);
  for (const std::string& skip : left_out_of(cell))
    text += fmt::format("skipped: {}\n", skip);
  for (const auto& attempt : cell.discounted)
    text +=
        fmt::format("attempt that does not count: {}: {}; {}; logs: {}\n",
                    to_string(attempt.verdict), attempt.reason, attempt.sign, attempt.directory);
  for (const auto& f : cell.findings) {
    text += fmt::format("\nfinding: {} (L{}, seen {} times)\n", f.title, f.level, f.count);
    if (!f.culprit.reason.empty()) text += held_up_by(f.culprit) + "\n";
    text += f.excerpt + "\n";
  }
  for (const auto& e : cell.evidence)
    text += fmt::format("evidence {}: {}: {}\n", e.name, e.proven ? "proven" : "unproven", e.fact);
  for (const auto& m : cell.metrics)
    text += fmt::format("metric {}: {} {}\n", m.name, m.value, m.unit);
  for (const auto& [role, path] : cell.files)
    text += fmt::format("{}: {}\n", role, path);
  return text;
}

namespace {

// Of a case's name in ids: "mm/dax_1g_mprotect@2".
struct Name {
  std::string area, test;
};

}  // namespace

static Name split(const std::string& name) {
  const auto slash = name.find('/');
  if (slash == std::string::npos) return {"", name};
  return {name.substr(0, slash), name.substr(slash + 1)};
}

static Junit::Kind kind_of_subtest(const CellResult& cell, const model::Subtest& subtest,
                                   bool in_series) {
  const bool nothing = compare::proven(cell).says == compare::Says::nothing;
  if (nothing || subtest.result == Result::skip) return Junit::Kind::skipped;
  if (subtest.result == Result::ok || cell.judgement.expected || in_series)
    return Junit::Kind::passed;
  return Junit::Kind::failure;
}

static std::string message_of_subtest(const CellResult& cell, const model::Subtest& subtest,
                                      Junit::Kind kind) {
  static constexpr std::string_view kSaid[] = {"ok", "not ok", "skipped"};
  const std::string said = fmt::format("{}{}{}", kSaid[static_cast<std::size_t>(subtest.result)],
                                       subtest.diagnostic.empty() ? "" : ": ", subtest.diagnostic);
  if (kind != Junit::Kind::skipped || subtest.result == Result::skip) return said;
  return fmt::format("{}; the cell is {} and proves nothing", said,
                     to_string(cell.judgement.verdict));
}

static void add_subtests(Junit& junit, const CellResult& cell, const std::string& group,
                         bool in_series) {
  for (std::size_t i = 0; i < cell.subtests.size(); ++i) {
    const model::Subtest& subtest = cell.subtests[i];
    const Junit::Kind kind = kind_of_subtest(cell, subtest, in_series);
    const std::string message = message_of_subtest(cell, subtest, kind);
    const bool told = kind == Junit::Kind::failure ||
                      (kind == Junit::Kind::passed && subtest.result != Result::ok);
    junit.add({.group = group,
               .name = model::name_of(cell.subtests, i),
               .kind = kind,
               .message = message.substr(0, message.find('\n')),
               .type = "not ok",
               .text = told ? message : ""});
  }
}

static void add_cell(Junit& junit, const CellResult& cell, bool in_series) {
  const Name name = split(case_of(cell));
  junit.add({.group = group_of({cell.kernel, cell.topology, name.area}),
             .name = name.test,
             .kind = kind_of(cell, in_series),
             .message = cell.judgement.reason,
             .type = std::string(to_string(cell.judgement.verdict)),
             .text = story(cell),
             .time = duration_of(cell)});
  add_subtests(junit, cell, group_of({cell.kernel, cell.topology, name.area, name.test}),
               in_series);
}

static void add_unrun(Junit& junit, const model::Cell& cell) {
  const std::string prefix = fmt::format("{}/{}/", cell.kernel.name, cell.topology.name);
  const Name name = split(cell.id.starts_with(prefix) ? cell.id.substr(prefix.size()) : cell.id);
  junit.add({.group = group_of({cell.kernel.name, cell.topology.name, name.area}),
             .name = name.test,
             .kind = Junit::Kind::error,
             .message = "did not run",
             .type = "unrun",
             .text = "did not run: the run ended before its turn\n"});
}

static std::string suite_of(const CellResult& cell) {
  return fmt::format("{}/{}", cell.kernel, cell.topology);
}
static std::string suite_of(const model::Cell& cell) {
  return fmt::format("{}/{}", cell.kernel.name, cell.topology.name);
}

static void begin_suite(Junit& junit, const RunReport& report, const std::string& name) {
  const auto first = std::ranges::find_if(
      report.cells, [&](const CellResult& cell) { return suite_of(cell) == name; });
  const bool ran = first != report.cells.end();
  junit.begin_suite(name, ran ? first->started : report.started, report.host.hostname);
  if (ran) {
    junit.add_property("kernel", first->kernel_label);
    junit.add_property("kernel_release", first->kernel_release);
    junit.add_property("kernel_origin", first->kernel_origin);
  }
  junit.add_property("accel",
                     fmt::format("{}: {}", report.host.accel == model::Accel::kvm ? "kvm" : "tcg",
                                 report.host.accel_reason));
}

static void add_suite(Junit& junit, const RunReport& report, const std::string& name) {
  begin_suite(junit, report, name);
  for (const auto& cell : report.cells)
    if (suite_of(cell) == name) add_cell(junit, cell, report.series.has_value());
  for (const auto& cell : report.unrun)
    if (suite_of(cell) == name) add_unrun(junit, cell);
  junit.end_suite();
}

std::string junit_xml(const RunReport& report) {
  Junit junit(report.plan.name);
  std::vector<std::string> suites;
  const auto note = [&](const std::string& name) {
    if (std::ranges::find(suites, name) == suites.end()) suites.push_back(name);
  };
  for (const auto& cell : report.cells)
    note(suite_of(cell));
  for (const auto& cell : report.unrun)
    note(suite_of(cell));
  for (const std::string& name : suites)
    add_suite(junit, report, name);
  if (report.series) add_series(junit, report);
  return junit.text();
}

static Junit::Kind kind_of(bisect::Outcome outcome) {
  return outcome == bisect::Outcome::skipped ? Junit::Kind::skipped : Junit::Kind::passed;
}

std::string junit_xml(const BisectReport& report) {
  Junit junit(report.plan);
  junit.begin_suite(report.plan + "/bisect", report.started, report.host.hostname);
  const std::string group = group_of({report.plan, "bisect"});
  for (const bisect::Step& step : report.steps)
    junit.add({.group = group,
               .name = fmt::format("{} {}", step.commit.substr(0, 12), step.subject),
               .kind = kind_of(step.seen.outcome),
               .message = step.seen.reason.substr(0, step.seen.reason.find('\n')),
               .text = fmt::format("{}: {}\n", to_string(step.seen.outcome), step.seen.reason)});
  const bool found = report.first_bad.size() == 1 && !report.interrupted;
  const std::string message = report.interrupted ? "interrupted"
                              : found            ? ""
                              : report.first_bad.empty()
                                  ? "no answer"
                                  : fmt::format("one of {} revisions", report.first_bad.size());
  junit.add({.group = group,
             .name = "the first bad revision",
             .kind = found                ? Junit::Kind::passed
                     : report.interrupted ? Junit::Kind::error
                                          : Junit::Kind::failure,
             .message = message,
             .type = "bisect",
             .text = render_bisect(report, {})});
  junit.end_suite();
  return junit.text();
}

std::string junit_xml(const ConfigBisectReport& report) {
  Junit junit(report.plan);
  junit.begin_suite(report.plan + "/config-bisect", report.started, report.host.hostname);
  const std::string group = group_of({report.plan, "config-bisect"});
  for (std::size_t at = 0; at < report.steps.size(); ++at) {
    const ConfigStep& step = report.steps[at];
    junit.add({.group = group,
               .name = fmt::format("{}: {} of {} symbols", at + 1, step.symbols, report.symbols),
               .kind = step.refused ? Junit::Kind::skipped : kind_of(step.seen.outcome),
               .message = step.seen.reason.substr(0, step.seen.reason.find('\n')),
               .text = step.seen.reason + "\n"});
  }
  const bool found = report.answer == ConfigAnswer::found;
  const bool open = report.answer == ConfigAnswer::open;
  junit.add({.group = group,
             .name = "the least set of symbols",
             .kind = found  ? Junit::Kind::passed
                     : open ? Junit::Kind::error
                            : Junit::Kind::failure,
             .message = found  ? ""
                        : open ? "interrupted"
                               : fmt::format("{}: {}", to_string(report.answer), report.reason),
             .type = "config-bisect",
             .text = render_config_bisect(report, {})});
  junit.end_suite();
  return junit.text();
}

}  // namespace kproof::report
