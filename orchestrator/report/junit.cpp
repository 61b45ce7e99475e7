#include "report/junit.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "report/series.hpp"
#include "report/text.hpp"

namespace kproof::report {
using model::CellResult;
using model::Verdict;

namespace {

enum class Kind { passed, failure, error, skipped };

struct Counts {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  util::Millis time{0};

  void add(Kind kind, util::Millis duration) {
    ++tests;
    failures += kind == Kind::failure;
    errors += kind == Kind::error;
    skipped += kind == Kind::skipped;
    time += duration;
  }
  void add(const Counts& other) {
    tests += other.tests;
    failures += other.failures;
    errors += other.errors;
    skipped += other.skipped;
    time += other.time;
  }
};

}  // namespace

// In a series the verdict of a cell is not the question, but what changed: the suite of the series
// says that.
static Kind kind_of(const model::Judgement& judgement, bool in_series) {
  if (judgement.verdict == Verdict::broken) return Kind::error;
  if (judgement.verdict == Verdict::skip) return Kind::skipped;
  if (judgement.verdict == Verdict::miss && judgement.expected) return Kind::skipped;
  return judgement.expected || in_series ? Kind::passed : Kind::failure;
}

static void set(pugi::xml_node node, const char* name, std::string_view value) {
  node.append_attribute(name).set_value(xml_text(value).c_str());
}

static std::string seconds(util::Millis duration) {
  return fmt::format("{:.3f}", static_cast<double>(duration.count()) / 1000);
}

// Everything that a reader of the CI's page needs, so that logs are opened for detail only.
static std::string story(const CellResult& cell) {
  std::string text = fmt::format("{}: {}\n", verdict_text(cell), cell.judgement.reason);
  if (!cell.expectation.reason.empty())
    text += fmt::format("expected {}: {}\n", to_string(cell.expectation.verdict),
                        cell.expectation.reason);
  for (const std::string& skip : left_out_of(cell))
    text += fmt::format("skipped: {}\n", skip);
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

static void add_outcome(pugi::xml_node test, const CellResult& cell, Kind kind) {
  static constexpr const char* kTags[] = {"", "failure", "error", "skipped"};
  const bool wrong = kind == Kind::failure || kind == Kind::error;
  pugi::xml_node node;
  if (kind != Kind::passed) {
    node = test.append_child(kTags[static_cast<std::size_t>(kind)]);
    set(node, "message", cell.judgement.reason);
  }
  if (wrong) set(node, "type", to_string(cell.judgement.verdict));
  if (!wrong) node = test.append_child("system-out");
  node.text().set(xml_text(story(cell)).c_str());
}

static void add_test(pugi::xml_node suite, const CellResult& cell, bool in_series, Counts& counts) {
  const Kind kind = kind_of(cell.judgement, in_series);
  const std::string name = case_of(cell);
  const auto slash = name.find('/');
  // CI pages group by the dots of class names, and a kernel's version has dots of its own.
  std::string group = fmt::format("{}.{}", cell.kernel, cell.topology);
  std::replace(group.begin(), group.end() - static_cast<std::ptrdiff_t>(cell.topology.size()) - 1,
               '.', '_');
  auto test = suite.append_child("testcase");
  set(test, "classname",
      slash == std::string::npos ? group : fmt::format("{}.{}", group, name.substr(0, slash)));
  set(test, "name", slash == std::string::npos ? name : name.substr(slash + 1));
  set(test, "time", seconds(duration_of(cell)));
  add_outcome(test, cell, kind);
  counts.add(kind, duration_of(cell));
}

static void set_counts(pugi::xml_node node, const Counts& counts) {
  set(node, "tests", std::to_string(counts.tests));
  set(node, "failures", std::to_string(counts.failures));
  set(node, "errors", std::to_string(counts.errors));
  set(node, "skipped", std::to_string(counts.skipped));
  set(node, "time", seconds(counts.time));
}

static void add_property(pugi::xml_node properties, const char* name, std::string_view value) {
  auto property = properties.append_child("property");
  set(property, "name", name);
  set(property, "value", value);
}

static std::string suite_of(const CellResult& cell) {
  return fmt::format("{}/{}", cell.kernel, cell.topology);
}

static Counts add_suite(pugi::xml_node root, const RunReport& report, const CellResult& first) {
  auto suite = root.append_child("testsuite");
  set(suite, "name", suite_of(first));
  // Ant's format has no time zone.
  set(suite, "timestamp", first.started.substr(0, first.started.find('Z')));
  set(suite, "hostname", report.host.hostname);
  auto properties = suite.append_child("properties");
  add_property(properties, "kernel", first.kernel_label);
  add_property(properties, "kernel_release", first.kernel_release);
  add_property(properties, "kernel_origin", first.kernel_origin);
  add_property(properties, "accel",
               fmt::format("{}: {}", report.host.accel == model::Accel::kvm ? "kvm" : "tcg",
                           report.host.accel_reason));
  Counts counts;
  for (const auto& cell : report.cells)
    if (suite_of(cell) == suite_of(first)) add_test(suite, cell, report.series.has_value(), counts);
  set_counts(suite, counts);
  return counts;
}

// One change of the series, or the build of a row.
static void add_change(pugi::xml_node suite, const std::string& group, const std::string& name,
                       Kind kind, const std::string& text, Counts& counts) {
  auto test = suite.append_child("testcase");
  set(test, "classname", group);
  set(test, "name", name);
  set(test, "time", seconds(util::Millis{0}));
  if (kind == Kind::failure || kind == Kind::skipped) {
    auto node = test.append_child(kind == Kind::failure ? "failure" : "skipped");
    set(node, "message", text.substr(0, text.find('\n')));
    if (kind == Kind::failure) {
      set(node, "type", "series");
      node.text().set(xml_text(text).c_str());
    }
  } else if (text.find('\n') != text.npos) {  // more than a verdict
    test.append_child("system-out").text().set(xml_text(text).c_str());
  }
  counts.add(kind, util::Millis{0});
}

static Kind kind_of(const series::Column& column, std::size_t row) {
  const series::Entry& entry = column.entries[row];
  const bool last = row + 1 == column.entries.size();
  const bool newly_flaky = entry.change == series::Change::flaky && entry.against &&
                           column.entries[*entry.against].change != series::Change::flaky;
  if (entry.change == series::Change::introduced || newly_flaky || (last && !entry.expected))
    return Kind::failure;
  return entry.verdict.empty() ? Kind::skipped : Kind::passed;
}

static void add_row(pugi::xml_node suite, const series::Matrix& matrix, std::size_t row,
                    const std::string& plan, Counts& counts) {
  const series::Row& of = matrix.rows[row];
  std::string group = fmt::format("{}.series.{}", plan, number_of(matrix.rows, row));
  std::replace(group.begin(), group.end(), '/', '_');
  const bool built = of.unbuilt.empty();
  add_change(suite, group, "build: " + of.subject, built ? Kind::passed : Kind::failure, of.unbuilt,
             counts);
  if (!built) return;
  for (const series::Column& column : matrix.columns) {
    const series::Entry& entry = column.entries[row];
    std::string text = entry.against
                           ? fmt::format("{}: {} -> {}", to_string(entry.change),
                                         column.entries[*entry.against].verdict, entry.verdict)
                       : entry.verdict.empty() ? "did not run"
                                               : entry.verdict;
    for (const std::string& item : entry.appeared)
      text += "\nnew: " + item;
    for (const std::string& skip : entry.skipped)
      text += "\nskipped: " + skip;
    add_change(suite, group, title_of(matrix, column), kind_of(column, row), text, counts);
  }
}

static Counts add_series(pugi::xml_node root, const RunReport& report) {
  auto suite = root.append_child("testsuite");
  set(suite, "name", report.plan.name + "/series");
  set(suite, "timestamp", report.started.substr(0, report.started.find('Z')));
  set(suite, "hostname", report.host.hostname);
  auto properties = suite.append_child("properties");
  add_property(properties, "clean", report.series->clean() ? "true" : "false");
  Counts counts;
  for (std::size_t row = 0; row < report.series->rows.size(); ++row)
    add_row(suite, *report.series, row, report.plan.name, counts);
  auto out = suite.append_child("system-out");
  out.text().set(xml_text(render_matrix(*report.series, {})).c_str());
  set_counts(suite, counts);
  return counts;
}

std::string junit_xml(const RunReport& report) {
  pugi::xml_document document;
  auto declaration = document.append_child(pugi::node_declaration);
  set(declaration, "version", "1.0");
  set(declaration, "encoding", "UTF-8");
  auto root = document.append_child("testsuites");
  set(root, "name", report.plan.name);
  Counts all;
  std::vector<std::string> done;
  for (const auto& cell : report.cells) {
    if (std::find(done.begin(), done.end(), suite_of(cell)) != done.end()) continue;
    done.push_back(suite_of(cell));
    all.add(add_suite(root, report, cell));
  }
  if (report.series) all.add(add_series(root, report));
  set_counts(root, all);
  std::ostringstream out;
  document.save(out, "  ");
  return out.str();
}

}  // namespace kproof::report
