// Why a guest shows nothing, or not all: it never ran, or we could not see it.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "verdict/rows.hpp"

namespace kproof::verdict {
using model::Blame;
using model::Phase;
using model::Source;
using model::Verdict;
using Applies = std::optional<Ruling>;

static bool never_started(const Observation& o) {
  const auto* fault = end_as<model::HostFault>(o);
  return o.findings.empty() && fault && fault->phase == Phase::start;
}

static Applies lacking(const Observation& o) {
  if (o.missing.empty() || !never_started(o)) return std::nullopt;
  return Ruling{Verdict::miss, Blame::config, join(o.missing)};
}

static Applies unbootable(const Observation& o) {
  if (o.unmet.empty() || !never_started(o)) return std::nullopt;
  return Ruling{Verdict::skip, Blame::config, join(o.unmet)};
}

static Applies host(const Observation& o) {
  const auto* kvm = o.level == 1 ? end_as<model::KvmFailed>(o) : nullptr;
  if (kvm)
    return Ruling{Verdict::broken, Blame::host,
                  fmt::format("KVM of this host could not run it in phase {}: {}",
                              to_string(kvm->phase), kvm->what)};
  const auto* fault = end_as<model::HostFault>(o);
  if (!fault) return std::nullopt;
  return Ruling{Verdict::broken, Blame::host,
                fmt::format("host fault in phase {}: {}", to_string(fault->phase), fault->what)};
}

static Applies unproven(const Observation& o) {
  const auto* end = end_as<model::Unproven>(o);
  if (!end) return std::nullopt;
  return Ruling{Verdict::broken, Blame::host,
                fmt::format("the guest ended in phase {} without proof of how: {}",
                            to_string(end->phase), end->missing)};
}

static Applies unreachable(const Observation& o) {
  const auto* end = end_as<model::Unreachable>(o);
  if (!end) return std::nullopt;
  const bool never = end->phase <= Phase::boot;
  return Ruling{never ? Verdict::miss : Verdict::broken, never ? Blame::config : Blame::host,
                fmt::format("the agent could not talk to the host in phase {}: {}",
                            to_string(end->phase), end->why)};
}

static Applies agent(const Observation& o) {
  const auto* end = end_as<model::BadAgent>(o);
  if (!end) return std::nullopt;
  return Ruling{Verdict::broken, Blame::host,
                fmt::format("the agent could not be believed in phase {}: {}",
                            to_string(end->phase), end->what)};
}

static std::string name_log(const Canary& canary) {
  return fmt::format("L{}'s {}", canary.level,
                     canary.source == Source::console ? "console" : "kmsg");
}

// `canaries` and those that must be there and are not.
static std::vector<Canary> all_canaries(std::vector<Canary> canaries, int level) {
  for (const Source source : {Source::console, Source::kmsg})
    if (std::none_of(canaries.begin(), canaries.end(),
                     [&](const Canary& canary) { return canary.source == source; }))
      canaries.push_back({.level = level, .source = source});
  return canaries;
}

static Applies blind_begin(const Observation& o) {
  if (end_as<model::OuterGone>(o)) return std::nullopt;
  std::vector<std::string> unseen;
  for (const auto& canary : all_canaries(o.canaries, o.level))
    if (!canary.begin) unseen.push_back(name_log(canary));
  std::vector<std::string> facts;
  if (!unseen.empty()) facts.push_back("the begin canary was not seen on " + join(unseen));
  // What is left out matches no expectation and no known issue.
  if (o.left_out > 0)
    facts.push_back(
        fmt::format("{} left out: too many to keep",
                    util::format_count(o.left_out, "more report was", "more reports were")));
  if (facts.empty()) return std::nullopt;
  return Ruling{Verdict::broken, Blame::host, join(facts)};
}

static Applies blind_end(const Observation& o) {
  if (end_as<model::OuterGone>(o)) return std::nullopt;
  std::vector<std::string> facts;
  for (const auto& canary : all_canaries(o.canaries, o.level))
    if (!canary.end && end_as<model::Orderly>(o))
      facts.push_back("the end canary was not seen on " + name_log(canary));
  if (o.lost_kmsg > 0) facts.push_back(fmt::format("{} kmsg records were lost", o.lost_kmsg));
  if (!o.outcome.taint) facts.push_back("the agent never told the kernel's taint");
  if (facts.empty()) return std::nullopt;
  return Ruling{Verdict::broken, Blame::host, join(facts)};
}

static Applies unmet(const Observation& o) {
  if (o.unmet.empty()) return std::nullopt;
  return Ruling{Verdict::skip, Blame::config, join(o.unmet)};
}

static Applies prepare(const Observation& o) {
  if (o.outcome.prepare_errors.empty()) return std::nullopt;
  return Ruling{Verdict::miss, Blame::config, join(o.outcome.prepare_errors)};
}

static Applies outer(const Observation& o) {
  if (!end_as<model::OuterGone>(o)) return std::nullopt;
  return Ruling{Verdict::broken, Blame::host, "the guest around it ended first"};
}

std::span<const Row> guest_rows() {
  static constexpr std::array<Row, 11> kRows{{
      {RowId::lacking, Bearing::objection, lacking},
      {RowId::unbootable, Bearing::objection, unbootable},
      {RowId::host, Bearing::objection, host},
      {RowId::unreachable, Bearing::aftermath, unreachable},
      {RowId::agent, Bearing::aftermath, agent},
      {RowId::blind, Bearing::objection, blind_begin},
      {RowId::blind, Bearing::aftermath, blind_end},
      {RowId::unproven, Bearing::objection, unproven},
      {RowId::unmet, Bearing::objection, unmet},
      {RowId::prepare, Bearing::objection, prepare},
      {RowId::outer, Bearing::aftermath, outer},
  }};
  return kRows;
}

}  // namespace kproof::verdict
