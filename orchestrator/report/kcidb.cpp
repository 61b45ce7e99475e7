#include "report/kcidb.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "report/encode.hpp"
#include "report/run_report.hpp"
#include "report/text.hpp"
#include "util/hash.hpp"

namespace kproof::report {
using model::CellResult;
using model::Subtest;
using model::Verdict;

static constexpr std::size_t kMostExcerpt = 16384;

std::string kcidb_path(const std::string& name) {
  std::string path;
  for (const char c : name) {
    const bool word = std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
    const char next = word ? c : c == '/' || c == '.' ? '.' : '_';
    if (next == '.' && (path.empty() || path.back() == '.')) continue;
    path += next;
  }
  while (path.ends_with('.'))
    path.pop_back();
  return path;
}

static const char* status_of(const model::Judgement& judgement) {
  switch (judgement.verdict) {
    case Verdict::pass:
      return "PASS";
    case Verdict::fail:
    case Verdict::crash:
    case Verdict::hang:
      return "FAIL";
    case Verdict::skip:
      return "SKIP";
    case Verdict::miss:
      return "MISS";
    case Verdict::broken:
      break;
  }
  return judgement.blame == model::Blame::test ? "ERROR" : "MISS";
}

static const char* status_of(Subtest::Result result) {
  static constexpr const char* kWords[] = {"PASS", "FAIL", "SKIP"};
  return kWords[static_cast<std::size_t>(result)];
}

namespace {

// Builds the document; equal runs give equal documents, so that a second submission changes
// nothing.
class Kcidb {
 public:
  Kcidb(const RecordedRun& run, std::string origin) : run_(run), origin_(std::move(origin)) {}

  std::string text() {
    add_checkouts();
    for (const CellResult& cell : run_.cells)
      add_cell(cell);
    Json json{{"version", {{"major", 5}, {"minor", 3}}}};
    json["checkouts"] = std::move(checkouts_);
    json["builds"] = std::move(builds_);
    json["tests"] = std::move(tests_);
    if (!issues_.empty()) json["issues"] = std::move(issues_);
    if (!incidents_.empty()) json["incidents"] = std::move(incidents_);
    return dump(json);
  }

 private:
  std::string id(const std::string& kind, const std::vector<std::string>& parts) const {
    util::Hasher hasher;
    for (const std::string& part : parts)
      hasher.add(part);
    return fmt::format("{}:{}-{}", origin_, kind, hasher.hex());
  }

  static std::string key_of(const CellResult& cell) {
    return cell.kernel + "\n" + cell.kernel_origin + "\n" + cell.kernel_release;
  }

  // One for each kernel: what it was made of is all that is known of its source.
  void add_checkouts() {
    std::set<std::string> known;
    for (const CellResult& cell : run_.cells) {
      if (!known.insert(key_of(cell)).second) continue;
      const std::string checkout = id("checkout", {key_of(cell)});
      const bool built = cell.kernel_release.empty();  // no guest of it ever said
      Json one{{"id", checkout}, {"origin", origin_}, {"valid", true}};
      if (!cell.kernel_origin.empty()) one["comment"] = cell.kernel_origin;
      checkouts_.push_back(std::move(one));
      Json build{{"id", id("build", {key_of(cell)})},
                 {"checkout_id", checkout},
                 {"origin", origin_},
                 {"architecture", "x86_64"},
                 {"config_name", cell.kernel},
                 {"comment", printable(cell.kernel_label)}};
      if (!built) build["status"] = "PASS";
      builds_.push_back(std::move(build));
    }
  }

  Json test(const CellResult& cell, const std::string& path, const char* status) const {
    return {{"id", id("test", {run_.directory.string(), cell.id, cell.started, path})},
            {"build_id", id("build", {key_of(cell)})},
            {"origin", origin_},
            {"path", path},
            {"status", status},
            {"start_time", cell.started},
            {"environment",
             {{"comment", printable(fmt::format("{} on {}", cell.topology, run_.host.hostname))}}}};
  }

  void add_cell(const CellResult& cell) {
    const std::string path = kcidb_path("kproof/" + name_of(cell));
    Json one = test(cell, path, status_of(cell.judgement));
    one["duration"] = std::chrono::duration<double>(duration_of(cell)).count();
    one["comment"] =
        printable(cell.judgement.reason.empty() ? verdict_text(cell) : cell.judgement.reason);
    if (!cell.findings.empty())
      one["log_excerpt"] = xml_text(cell.findings[0].excerpt).substr(0, kMostExcerpt);
    one["misc"] = {{"cell", cell.id}, {"expected", cell.judgement.expected}};
    add_known(cell, one["id"]);
    tests_.push_back(std::move(one));
    add_subtests(cell, path);
    add_figures(cell, path);
  }

  // Of two of one name the second says so: a path names one test.
  std::string path_of(const std::string& path, const std::string& name) {
    const std::string whole = path + "." + kcidb_path(name);
    std::string free = whole;
    for (int n = 2; !used_.insert(free).second; ++n)
      free = fmt::format("{}_{}", whole, n);
    return free;
  }

  void add_figures(const CellResult& cell, const std::string& path) {
    for (const model::Metric& metric : cell.metrics) {
      if (!std::isfinite(metric.value)) continue;
      Json figure = test(cell, path_of(path, metric.name), "DONE");
      figure["number"] = {{"value", metric.value}, {"prefix", "metric"}};
      if (!metric.unit.empty()) figure["number"]["unit"] = metric.unit;
      tests_.push_back(std::move(figure));
    }
  }

  void add_subtests(const CellResult& cell, const std::string& path) {
    used_.clear();
    for (std::size_t i = 0; i < cell.subtests.size(); ++i) {
      const std::string name = path_of(path, model::name_of(cell.subtests, i));
      Json one = test(cell, name, status_of(cell.subtests[i].result));
      if (!cell.subtests[i].diagnostic.empty())
        one["comment"] = printable(cell.subtests[i].diagnostic);
      tests_.push_back(std::move(one));
    }
  }

  void add_known(const CellResult& cell, const std::string& test_id) {
    for (const model::Finding& finding : cell.findings) {
      if (finding.known.link.empty()) continue;
      const std::string issue = id("issue", {finding.known.link});
      if (known_.insert(issue).second)
        issues_.push_back({{"id", issue},
                           {"version", 1},
                           {"origin", origin_},
                           {"report_url", finding.known.link},
                           {"report_subject", finding.title},
                           {"culprit", {{"code", true}, {"tool", false}, {"harness", false}}},
                           {"comment", printable(finding.known.reason)}});
      const std::string incident = id("incident", {issue, test_id});
      if (!known_.insert(incident).second) continue;
      incidents_.push_back({{"id", incident},
                            {"origin", origin_},
                            {"issue_id", issue},
                            {"issue_version", 1},
                            {"test_id", test_id},
                            {"present", true}});
    }
  }

  const RecordedRun& run_;
  const std::string origin_;
  std::set<std::string> known_;
  std::set<std::string> used_;  // paths of one cell
  Json checkouts_ = Json::array(), builds_ = Json::array(), tests_ = Json::array(),
       issues_ = Json::array(), incidents_ = Json::array();
};

}  // namespace

std::string kcidb_json(const RecordedRun& run, const std::string& origin) {
  return Kcidb(run, origin).text();
}

}  // namespace kproof::report
