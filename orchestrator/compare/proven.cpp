#include "compare/proven.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include <fmt/format.h>

#include "stats/ranks.hpp"

namespace kproof::compare {
using model::Blame;
using model::CellResult;
using model::Verdict;
using Result = model::Subtest::Result;

std::string to_string(const Sign& sign) {
  constexpr std::string_view kWords[] = {"verdict ",
                                         "finding: ", "known finding: ", "not ok: ", "skipped: "};
  return fmt::format("{}{}{}", kWords[static_cast<std::size_t>(sign.kind)], sign.name,
                     sign.nth > 1 ? fmt::format(" at another place ({})", sign.place) : "");
}

static Sign::Kind known_or_not(Sign::Kind kind) {
  return kind == Sign::Kind::known ? Sign::Kind::finding : kind;
}

static bool same_but_for_place(const Sign& a, const Sign& b) {
  if (known_or_not(a.kind) != known_or_not(b.kind)) return false;
  if (a.fingerprint.empty() || b.fingerprint.empty()) return a.name == b.name;
  return a.fingerprint == b.fingerprint;
}

bool same(const Sign& a, const Sign& b) {
  return a.nth == b.nth && same_but_for_place(a, b);
}

// Known ones first, and lines as numbers: "mm/a.c:9" before "mm/a.c:10".
static auto order_of(const Sign& sign) {
  const std::size_t colon = std::min(sign.place.find(':'), sign.place.size());
  return std::tuple(sign.kind != Sign::Kind::known, sign.place.substr(0, colon), sign.place.size(),
                    sign.place);
}

std::set<Sign> numbered(const std::set<Sign>& signs) {
  std::vector<Sign> sorted(signs.begin(), signs.end());
  std::ranges::sort(sorted, {}, order_of);
  std::set<Sign> all;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    Sign one = sorted[i];
    std::set<std::string> before;
    for (std::size_t k = 0; k < i; ++k)
      if (!one.place.empty() && same_but_for_place(sorted[k], one)) before.insert(sorted[k].place);
    before.erase("");
    one.nth = 1 + before.size() - before.count(one.place);
    if (one.nth == 1) one.place.clear();
    all.insert(std::move(one));
  }
  return all;
}

bool alike(const Sign& a, const Sign& b) {
  return same_but_for_place(a, b) ||
         (known_or_not(a.kind) == known_or_not(b.kind) && a.name == b.name);
}

static bool fails(Verdict verdict) {
  return verdict == Verdict::fail || verdict == Verdict::crash || verdict == Verdict::hang;
}

static bool only_known(const CellResult& cell) {
  return cell.judgement.verdict == Verdict::fail && cell.judgement.expected &&
         !cell.findings.empty() &&
         std::ranges::all_of(cell.findings, [](const auto& f) { return f.known.accepted(); }) &&
         std::ranges::none_of(cell.subtests,
                              [](const auto& s) { return s.result == Result::not_ok; });
}

static Says says(const CellResult& cell) {
  if (cell.judgement.verdict == Verdict::pass || only_known(cell)) return Says::good;
  const bool kernel = cell.judgement.blame == Blame::kernel || cell.judgement.blame == Blame::none;
  return fails(cell.judgement.verdict) && kernel ? Says::bad : Says::nothing;
}

// What the kernel printed was printed, whatever the cell says: findings always count.
static std::set<Sign> signs(const CellResult& cell, Says says) {
  std::set<Sign> signs;
  if (says == Says::bad)
    signs.insert({Sign::Kind::verdict, std::string(to_string(cell.judgement.verdict)), ""});
  for (const model::Finding& finding : cell.findings)
    signs.insert({finding.known.accepted() ? Sign::Kind::known : Sign::Kind::finding, finding.title,
                  model::is_stall(finding) ? "" : finding.fingerprint, finding.place});
  if (says == Says::nothing) return signs;
  for (std::size_t i = 0; i < cell.subtests.size(); ++i)
    if (cell.subtests[i].result != Result::ok)
      signs.insert(
          {cell.subtests[i].result == Result::skip ? Sign::Kind::skipped : Sign::Kind::failed,
           model::name_of(cell.subtests, i), ""});
  return signs;
}

static bool measures(const CellResult& cell, Says says) {
  if (cell.judgement.verdict == Verdict::pass) return true;
  return says == Says::bad && cell.judgement.verdict == Verdict::fail && cell.findings.empty() &&
         cell.unproven.empty() &&
         std::ranges::all_of(cell.evidence, [](const auto& e) { return e.proven; });
}

static std::vector<model::Metric> metrics(const std::vector<model::Metric>& all) {
  std::vector<model::Metric> list;
  for (const model::Metric& one : all) {
    const auto named = [&](const model::Metric& m) { return m.name == one.name; };
    if (std::ranges::any_of(list, named)) continue;
    std::vector<double> values;
    bool one_unit = true;
    for (const model::Metric& other : all) {
      if (!named(other) || !std::isfinite(other.value)) continue;
      values.push_back(other.value);
      one_unit = one_unit && other.unit == one.unit;
    }
    if (values.empty() || !one_unit) continue;
    std::ranges::sort(values);
    list.push_back(one);
    list.back().value = stats::median(values);
  }
  return list;
}

Proven proven(const CellResult& cell) {
  const Verdict verdict = cell.judgement.verdict;
  Proven view{.says = says(cell), .verdict = std::string(to_string(verdict))};
  const bool by_blame = fails(verdict) && view.says == Says::nothing;
  if (by_blame) view.verdict += fmt::format(" ({})", to_string(cell.judgement.blame));
  view.signs = signs(cell, view.says);
  view.to_its_end =
      view.says != Says::nothing && (verdict == Verdict::pass || verdict == Verdict::fail);
  if (view.says != Says::nothing)
    for (std::size_t i = 0; i < cell.subtests.size(); ++i)
      if (cell.subtests[i].result != Result::skip)
        view.seen.insert(model::name_of(cell.subtests, i));
  if (measures(cell, view.says)) view.metrics = metrics(cell.metrics);
  return view;
}

Standing standing_of(const model::Judgement& judgement) {
  // What is wrong with the plan or a source is wrong on every host.
  if (judgement.verdict == Verdict::broken)
    return judgement.blame == Blame::config ? Standing::unexpected : Standing::host;
  if (judgement.expected) return Standing::expected;
  const bool open = judgement.verdict == Verdict::skip || judgement.verdict == Verdict::miss;
  return open && judgement.blame == Blame::host ? Standing::host : Standing::unexpected;
}

}  // namespace kproof::compare
