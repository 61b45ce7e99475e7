#include <algorithm>

#include <fmt/format.h>

#include "config/sections.hpp"
#include "util/names.hpp"

namespace kproof::config {
using model::Verdict;

using Names = std::vector<std::string>;

static Names names_of(const auto& list, auto member) {
  Names names;
  for (const auto& item : list)
    names.push_back(item.*member);
  return names;
}

static void read_glob(Problems& problems, const MaybeValue& value, const Names& names,
                      std::string& out) {
  const auto glob = text(problems, value);
  if (!glob) return;
  out = *glob;
  const bool met = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    // A glob against a glob is left to plan/, which knows what the plan's globs stand for.
    return util::glob_match(*glob, name) ||
           (util::is_glob(name) && (util::is_glob(*glob) || util::glob_match(name, *glob)));
  });
  if (!met)
    problems.add(value->mark, fmt::format("`{}` matches no {} of this plan", *glob, value->name),
                 util::suggest(*glob, names, value->name + "s"));
}

static Names read_patterns(Problems& problems, const MaybeValue& value) {
  Names patterns;
  for (const auto& item : items(problems, value))
    if (auto one = pattern(problems, item)) patterns.push_back(std::move(*one));
  return patterns;
}

static Verdict read_verdict(Problems& problems, const MaybeValue& value) {
  static const Names kWords{"pass", "fail", "crash", "hang", "skip", "miss"};
  const auto word = text(problems, value);
  if (!word) return Verdict::pass;
  if (*word == "broken")
    problems.add(value->mark, "`broken` cannot be expected: it says nothing of the kernel",
                 "mend the host, or leave the cell out of the plan");
  else if (std::find(kWords.begin(), kWords.end(), *word) == kWords.end())
    problems.add(value->mark, fmt::format("unknown verdict `{}`", *word),
                 util::suggest(*word, kWords, "verdicts"));
  return model::verdict_from_string(*word).value_or(Verdict::pass);
}

// What the entry asks must be able to prove something.
static void check_sense(Problems& problems, const Value& item, const Map& map,
                        const model::Expectation& e) {
  const bool kernel_failed = e.verdict == Verdict::fail || e.verdict == Verdict::crash;
  const auto findings = map.find("findings"), subtests = map.find("subtests");
  if (kernel_failed && !findings && !subtests)
    problems.add(item.mark,
                 fmt::format("an expected {} that any failure meets proves nothing",
                             model::to_string(e.verdict)),
                 "name at least one pattern in `findings:` or `subtests:`");
  if (!kernel_failed && e.verdict != Verdict::hang && (findings || subtests))
    problems.add((findings ? findings : subtests)->mark,
                 fmt::format("a {} has no findings and no failed subtests to match",
                             model::to_string(e.verdict)),
                 "leave the patterns out, or expect fail, crash or hang");
  const bool hides = e.verdict == Verdict::skip || e.verdict == Verdict::miss;
  if (hides && e.reason.empty())
    problems.add(item.mark, fmt::format("an expected {} must say why", model::to_string(e.verdict)),
                 "add `reason:`");
}

static void read_expectation(Problems& problems, const Value& item, model::Plan& plan) {
  const Map map(problems, item,
                {"kernel", "topology", "case", "verdict", "findings", "subtests", "reason"});
  model::Expectation e;
  e.place = problems.place(item.mark);
  read_glob(problems, map.find("kernel"), names_of(plan.kernels, &model::KernelSpec::name),
            e.kernel);
  read_glob(problems, map.find("topology"), names_of(plan.topologies, &model::Topology::name),
            e.topology);
  read_glob(problems, map.find("case"), names_of(plan.cases, &model::PlanCase::alias), e.test);
  e.findings = read_patterns(problems, map.find("findings"));
  e.subtests = read_patterns(problems, map.find("subtests"));
  assign(e.reason, text(problems, map.find("reason")));
  if (const auto verdict = map.require("verdict")) {
    e.verdict = read_verdict(problems, verdict);
    check_sense(problems, item, map, e);
  }
  plan.expectations.push_back(std::move(e));
}

void read_expectations(Problems& problems, const MaybeValue& list, model::Plan& plan) {
  for (auto& item : items(problems, list)) {
    Value named = item;
    named.name = "expect entry";
    read_expectation(problems, named, plan);
  }
}

}  // namespace kproof::config
