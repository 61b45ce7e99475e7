// What the guest and its kernel did.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "verdict/rows.hpp"
#include "verdict/taint.hpp"

namespace kproof::verdict {
using model::Blame;
using model::Phase;
using model::Source;
using model::Verdict;
using Applies = std::optional<Ruling>;

template <class End>
static const End* ended(const Observation& o) {
  return std::get_if<End>(&o.outcome.end);
}

// Findings are named in the reason whatever row decides.
static Ruling with_findings(const Observation& o, Verdict verdict, Blame blame,
                            std::string reason) {
  if (!o.findings.empty()) reason += "; finding: " + name_findings(o.findings);
  return {verdict, blame, std::move(reason)};
}

static bool never_started(const Observation& o) {
  const auto* fault = ended<model::HostFault>(o);
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
  const auto* fault = ended<model::HostFault>(o);
  if (!fault) return std::nullopt;
  return with_findings(
      o, Verdict::broken, Blame::host,
      fmt::format("host fault in phase {}: {}", to_string(fault->phase), fault->what));
}

static Applies kvm(const Observation& o) {
  const auto* end = ended<model::KvmFailed>(o);
  if (!end) return std::nullopt;
  return with_findings(o, Verdict::fail, Blame::kernel,
                       fmt::format("KVM around it could not run it in phase {}: {}",
                                   to_string(end->phase), end->what));
}

static unsigned long grown_taint(const Observation& o) {
  return o.outcome.taint ? o.outcome.taint->after & ~o.outcome.taint->before : 0;
}

static Applies crash(const Observation& o) {
  const bool fatal = std::any_of(o.findings.begin(), o.findings.end(),
                                 [](const model::Finding& finding) { return finding.panicked; });
  std::string reason;
  if (const auto* end = ended<model::Panicked>(o))
    reason = fmt::format("the kernel panicked in phase {}", to_string(end->phase));
  else if (const auto* oops = ended<model::Oopsed>(o))
    reason = fmt::format("the kernel oopsed in phase {}, and was ended", to_string(oops->phase));
  else if (const auto* reset = ended<model::Rebooted>(o))
    reason = fmt::format("the guest was reset in phase {}, unasked", to_string(reset->phase));
  else if (fatal)
    reason = "the kernel died";
  else if (o.oopsed)
    reason = "the kernel oopsed";
  else if (grown_taint(o) & kTaintDie)
    reason = "the kernel oopsed: its taint grew by " + decode_taint(grown_taint(o));
  else
    return std::nullopt;
  return with_findings(o, Verdict::crash, Blame::kernel, reason);
}

// What the playbook found out, in a reason.
static std::string and_kind(const Observation& o) {
  return o.outcome.hang ? ": " + o.outcome.hang->reason : "";
}

static Applies silent(const Observation& o) {
  const auto* end = ended<model::Silent>(o);
  if (!end) return std::nullopt;
  return with_findings(
      o, Verdict::hang, Blame::kernel,
      fmt::format(
          "{} {} in phase {}{}",
          end->missing.empty() ? "the guest was silent for" : "no " + end->missing + " within",
          util::format_duration(end->after), to_string(end->phase), and_kind(o)));
}

// What hangs in the kernel is not the test's fault.
static bool kernel_holds(const Observation& o) {
  if (!o.findings.empty()) return true;
  if (!o.outcome.hang) return false;
  return o.outcome.hang->kind == model::HangKind::hung_task ||
         o.outcome.hang->kind == model::HangKind::irqs_off;
}

static Applies timeout(const Observation& o) {
  if (!o.outcome.exit || !o.outcome.exit->timed_out) return std::nullopt;
  return with_findings(o, Verdict::hang, kernel_holds(o) ? Blame::kernel : Blame::test,
                       "the case did not end before its deadline" +
                           (o.outcome.hang ? and_kind(o) : ", while the agent answered"));
}

static Applies flood(const Observation& o) {
  const auto* end = ended<model::Flooded>(o);
  if (!end) return std::nullopt;
  const bool test = end->phase == Phase::test && o.findings.empty();
  return with_findings(o, Verdict::fail, test ? Blame::test : Blame::kernel,
                       fmt::format("the console was flooded in phase {}: {} bytes",
                                   to_string(end->phase), end->bytes));
}

static Applies poweroff(const Observation& o) {
  const auto* end = ended<model::PoweredOff>(o);
  if (!end) return std::nullopt;
  const bool test = end->phase == Phase::test && o.findings.empty();
  return with_findings(
      o, Verdict::fail, test ? Blame::test : Blame::kernel,
      fmt::format("the guest powered off by itself in phase {}", to_string(end->phase)));
}

static Applies finding(const Observation& o) {
  if (o.findings.empty()) return std::nullopt;
  std::string reason = "finding: " + name_findings(o.findings);
  const std::string failed = name_failed_subtests(o.report);
  if (!failed.empty()) reason += "; not ok: " + failed;
  return Ruling{Verdict::fail, Blame::kernel, std::move(reason)};
}

static Applies taint(const Observation& o) {
  const unsigned long grown = grown_taint(o);
  if (grown == 0) return std::nullopt;
  return Ruling{Verdict::fail, Blame::kernel, "the kernel's taint grew: " + decode_taint(grown)};
}

static Applies unreachable(const Observation& o) {
  const auto* end = ended<model::Unreachable>(o);
  if (!end) return std::nullopt;
  const bool never = end->phase <= Phase::boot;
  return Ruling{never ? Verdict::miss : Verdict::broken, never ? Blame::config : Blame::host,
                fmt::format("the agent could not talk to the host in phase {}: {}",
                            to_string(end->phase), end->why)};
}

static Applies agent(const Observation& o) {
  const auto* end = ended<model::BadAgent>(o);
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
  if (ended<model::OuterGone>(o)) return std::nullopt;
  std::vector<std::string> unseen;
  for (const auto& canary : all_canaries(o.canaries, o.level))
    if (!canary.begin) unseen.push_back(name_log(canary));
  if (unseen.empty()) return std::nullopt;
  return Ruling{Verdict::broken, Blame::host, "the begin canary was not seen on " + join(unseen)};
}

static Applies blind_end(const Observation& o) {
  if (ended<model::OuterGone>(o)) return std::nullopt;
  std::vector<std::string> facts;
  for (const auto& canary : all_canaries(o.canaries, o.level))
    if (!canary.end && ended<model::Orderly>(o))
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
  if (!ended<model::OuterGone>(o)) return std::nullopt;
  return Ruling{Verdict::broken, Blame::host, "the guest around it ended first"};
}

std::span<const Row> guest_rows() {
  static constexpr std::array<Row, 18> kRows{{
      {"lacking", Bearing::objection, lacking},
      {"unbootable", Bearing::objection, unbootable},
      {"host", Bearing::objection, host},
      {"crash", Bearing::symptom, crash},
      {"silent", Bearing::symptom, silent},
      {"kvm", Bearing::symptom, kvm},
      {"timeout", Bearing::symptom, timeout},
      {"flood", Bearing::objection, flood},
      {"poweroff", Bearing::aftermath, poweroff},
      {"finding", Bearing::symptom, finding},
      {"taint", Bearing::symptom, taint},
      {"unreachable", Bearing::aftermath, unreachable},
      {"agent", Bearing::aftermath, agent},
      {"blind", Bearing::objection, blind_begin},
      {"blind", Bearing::aftermath, blind_end},
      {"unmet", Bearing::objection, unmet},
      {"prepare", Bearing::objection, prepare},
      {"outer", Bearing::aftermath, outer},
  }};
  return kRows;
}

}  // namespace kproof::verdict
