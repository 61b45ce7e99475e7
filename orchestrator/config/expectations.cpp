#include <algorithm>
#include <climits>

#include <fmt/format.h>
#include <re2/re2.h>

#include "config/breadth.hpp"
#include "config/sections.hpp"
#include "util/names.hpp"
#include "util/units.hpp"

namespace kproof::config {
using model::Verdict;

using Names = std::vector<std::string>;

static std::string read_pattern(Problems& problems, const Value& value, Searched searched) {
  const auto one = pattern(problems, value);
  if (one) warn_of_breadth(problems, value, *one, searched);
  return one.value_or("");
}

static Names read_patterns(Problems& problems, const MaybeValue& value, Searched searched) {
  Names patterns;
  for (const auto& item : items(problems, value))
    patterns.push_back(read_pattern(problems, item, searched));
  return patterns;
}

static void read_verdict(Problems& problems, const Value& value, model::Expectation& e,
                         bool first) {
  static const Names kWords{"pass", "fail", "crash", "hang", "skip", "miss"};
  const auto word = text(problems, value);
  if (!word) return;
  if (*word == "broken")
    problems.add(value.mark, "`broken` cannot be expected: it says nothing of the kernel",
                 "mend the host, or leave the cell out of the plan");
  else if (std::find(kWords.begin(), kWords.end(), *word) == kWords.end())
    problems.add(value.mark, fmt::format("unknown verdict `{}`", *word),
                 util::suggest(*word, kWords, "verdicts"));
  const Verdict verdict = model::verdict_from_string(*word).value_or(Verdict::pass);
  if (first)
    e.verdict = verdict;
  else if (e.allows(verdict))
    problems.add(value.mark, fmt::format("verdict `{}` is in the list twice", *word));
  else
    e.also.push_back(verdict);
}

// A word, or a list of which any will do.
static void read_verdicts(Problems& problems, const Value& value, model::Expectation& e) {
  if (!value.node.IsSequence()) return read_verdict(problems, value, e, true);
  bool first = true;
  for (const Value& item : items(problems, value)) {
    read_verdict(problems, item, e, first);
    first = false;
  }
}

// `skip: { reason: PATTERN }`, and the same for the others that show nothing else to match.
static std::string read_reason(Problems& problems, const Map& entry, Verdict verdict,
                               const model::Expectation& e) {
  const std::string word(to_string(verdict));
  const auto value = entry.find(word);
  if (!value) return "";
  if (!e.allows(verdict))
    problems.add(value->key, fmt::format("`{}` says nothing here: that is not expected", word),
                 fmt::format("add {} to `verdict:`, or leave it out", word));
  const Map map(problems, *value, {"reason"});
  const auto reason = map.require("reason");
  return reason ? read_pattern(problems, *reason, Searched::reason) : "";
}

// An expected skip, miss or hang must say which one.
static void check_reason(Problems& problems, const Value& item, const Map& map, Verdict verdict,
                         const model::Expectation& e) {
  const std::string word(to_string(verdict));
  if (!e.allows(verdict) || map.find(word)) return;
  const std::string hint = fmt::format(
      "add `{}: {{ reason: PATTERN }}`; the pattern is searched in the cell's reason", word);
  if (verdict != Verdict::hang)
    problems.add(item.mark, fmt::format("an expected {} must say which: any would do", word), hint);
  else if (e.findings.empty() && e.subtests.empty())
    problems.warn(item.mark, "any hang is as expected here", hint + ", or add `findings:`");
}

// What the entry asks must be able to prove something.
static void check_sense(Problems& problems, const Value& item, const Map& map,
                        const model::Expectation& e) {
  const auto any_of = [&](std::initializer_list<Verdict> verdicts) {
    return std::ranges::any_of(verdicts, [&](Verdict verdict) { return e.allows(verdict); });
  };
  MaybeValue must, any;
  for (const char* key : {"findings", "subtests"})
    if (!must) must = map.find(key);
  any = must;
  for (const char* key : {"may_find", "may_fail"})
    if (!any) any = map.find(key);
  if (any_of({Verdict::fail, Verdict::crash}) && !any)
    problems.add(item.mark,
                 fmt::format("an expected {} that any failure meets proves nothing",
                             to_string(e.allows(Verdict::fail) ? Verdict::fail : Verdict::crash)),
                 "name at least one pattern in `findings:` or `subtests:`");
  if (any && !any_of({Verdict::fail, Verdict::crash, Verdict::hang}))
    problems.add(
        any->mark,
        fmt::format("a {} has no findings and no failed subtests to match", to_string(e.verdict)),
        "leave the patterns out, or expect fail, crash or hang");
  else if (must && any_of({Verdict::pass, Verdict::skip, Verdict::miss}))
    problems.add(
        must->mark,
        fmt::format("`{}` must be seen, and of the verdicts expected here not each shows it",
                    must->name),
        "what may be seen stands in `may_find:` and `may_fail:`");
  for (const Verdict verdict : {Verdict::skip, Verdict::miss, Verdict::hang})
    check_reason(problems, item, map, verdict, e);
}

// How often the plan repeats what an entry may be about, at least.
static unsigned repetitions_of(const model::Plan& plan) {
  unsigned least = plan.cases.empty() ? plan.repetitions : UINT_MAX;
  for (const model::PlanCase& test : plan.cases)
    least = std::min(least, test.repetitions.value_or(plan.repetitions));
  return least;
}

// `flaky: { most: 1/10, link: ... }`: of fewer repetitions than ten, none might be another.
static void read_flaky(Problems& problems, const MaybeValue& value, const model::Plan& plan,
                       model::Expectation& e) {
  if (!value) return;
  const Map map(problems, *value, {"most", "link"});
  assign(e.flaky.link, text(problems, map.require("link")));
  const auto most = map.require("most");
  const auto rate = text(problems, most);
  if (!rate) return;
  static const RE2 kRate("([0-9]{1,4})/([0-9]{1,4})");
  unsigned some = 0, of = 0;
  if (!RE2::FullMatch(*rate, kRate, &some, &of) || some == 0 || some >= of) {
    problems.add(most->mark, fmt::format("`{}` is no rate", *rate), "write 1/10, for one in ten");
    return;
  }
  e.flaky.most = some;
  e.flaky.of = of;
  if (e.also.empty() || e.verdict != Verdict::pass)
    problems.add(value->key, "what is flaky has a verdict that is the rule, and others",
                 "write `verdict: [pass, fail]`, with `may_find:` or `may_fail:`");
  if (const unsigned n = repetitions_of(plan); n * some < of)
    problems.add(most->mark,
                 fmt::format("of {} none would be allowed to be another",
                             util::format_count(n, "repetition")),
                 fmt::format("write `repetitions: {}`", (of + some - 1) / some));
}

static void read_expectation(Problems& problems, const Value& item, model::Plan& plan) {
  const Map map(problems, item,
                {"kernel", "topology", "case", "verdict", "findings", "may_find", "subtests",
                 "may_fail", "allow_skips", "skip", "miss", "hang", "flaky", "reason"});
  model::Expectation e;
  e.place = problems.place(item.mark);
  const WhichCells which = read_which_cells(problems, map, plan);
  e.kernel = which.kernel;
  e.topology = which.topology;
  e.test = which.test;
  e.findings = read_patterns(problems, map.find("findings"), Searched::title);
  e.may_find = read_patterns(problems, map.find("may_find"), Searched::title);
  e.subtests = read_patterns(problems, map.find("subtests"), Searched::subtest);
  e.may_fail = read_patterns(problems, map.find("may_fail"), Searched::subtest);
  if (const auto skips = map.find("allow_skips"))
    e.allow_skips = read_patterns(problems, skips, Searched::subtest);
  assign(e.reason, text(problems, map.find("reason")));
  if (const auto verdict = map.require("verdict")) {
    read_verdicts(problems, *verdict, e);
    e.reasons = {read_reason(problems, map, Verdict::skip, e),
                 read_reason(problems, map, Verdict::miss, e),
                 read_reason(problems, map, Verdict::hang, e)};
    check_sense(problems, item, map, e);
    read_flaky(problems, map.find("flaky"), plan, e);
  }
  plan.expectations.push_back(std::move(e));
}

void read_expectations(Problems& problems, const MaybeValue& list, model::Plan& plan) {
  for (const Value& item : items(problems, list, "expect entry"))
    read_expectation(problems, item, plan);
}

}  // namespace kproof::config
