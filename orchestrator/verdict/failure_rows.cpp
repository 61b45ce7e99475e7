// Failures that were seen: what the kernel did, and what the case says of it.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "verdict/rows.hpp"
#include "verdict/taint.hpp"

namespace kproof::verdict {
using model::Blame;
using model::Phase;
using model::Verdict;
using Applies = std::optional<Ruling>;

// Not by what the guest did, as the case of a guest that ended with the one around it has said what
// it has said.
bool has_failed(const Observation& o) {
  return std::ranges::any_of(o.report.subtests, [](const model::Subtest& subtest) {
    return subtest.result == model::Subtest::Result::not_ok;
  });
}

bool only_stalls(const Observation& o) {
  return !has_failed(o) && std::ranges::all_of(o.findings, model::is_stall);
}

// It did, whatever the test did besides.
static bool kernel_failed(const Observation& o) {
  return !o.findings.empty() || has_failed(o);
}

unsigned long grown_taint(const Observation& o) {
  return o.outcome.taint ? o.outcome.taint->after & ~o.outcome.taint->before : 0;
}

static Applies crash(const Observation& o) {
  const bool fatal = std::any_of(o.findings.begin(), o.findings.end(),
                                 [](const model::Finding& finding) { return finding.panicked; });
  std::string reason;
  if (const auto* end = end_as<model::Panicked>(o))
    reason = fmt::format("the kernel panicked in phase {}", to_string(end->phase));
  else if (const auto* oops = end_as<model::Oopsed>(o))
    reason = fmt::format("the kernel oopsed in phase {}, and was ended", to_string(oops->phase));
  else if (const auto* reset = end_as<model::Rebooted>(o))
    reason = fmt::format("the guest was reset in phase {}, unasked", to_string(reset->phase));
  else if (fatal)
    reason = "the kernel died";
  else if (o.oopsed)
    reason = "the kernel oopsed";
  else if (grown_taint(o) & kTaintDie)
    reason = "the kernel oopsed: its taint grew by " + decode_taint(grown_taint(o));
  else
    return std::nullopt;
  return Ruling{Verdict::crash, Blame::kernel, std::move(reason)};
}

// What the diagnosis found out, in a reason.
static std::string and_kind(const Observation& o) {
  return o.outcome.hang ? ": " + o.outcome.hang->reason : "";
}

static Applies silent(const Observation& o) {
  const auto* end = end_as<model::Silent>(o);
  if (!end) return std::nullopt;
  return Ruling{Verdict::hang, Blame::kernel,
                fmt::format("{} {} in phase {}{}",
                            end->missing.empty() ? "the guest was silent for"
                                                 : "no " + end->missing + " within",
                            util::format_duration(end->after), to_string(end->phase), and_kind(o))};
}

// What hangs in the kernel is not the test's fault.
static bool kernel_holds(const Observation& o) {
  if (kernel_failed(o)) return true;
  if (!o.outcome.hang) return false;
  return o.outcome.hang->kind == model::HangKind::hung_task ||
         o.outcome.hang->kind == model::HangKind::irqs_off;
}

static Applies timeout(const Observation& o) {
  if (!o.outcome.exit || !o.outcome.exit->timed_out) return std::nullopt;
  return Ruling{Verdict::hang, kernel_holds(o) ? Blame::kernel : Blame::test,
                "the case did not end before its deadline" +
                    (o.outcome.hang ? and_kind(o) : ", while the agent answered")};
}

static Applies flood(const Observation& o) {
  const auto* end = end_as<model::Flooded>(o);
  if (!end) return std::nullopt;
  const bool test = end->phase == Phase::test && !kernel_failed(o);
  return Ruling{Verdict::fail, test ? Blame::test : Blame::kernel,
                fmt::format("the console was flooded in phase {}: {} bytes", to_string(end->phase),
                            end->bytes)};
}

static Applies poweroff(const Observation& o) {
  const auto* end = end_as<model::PoweredOff>(o);
  if (!end) return std::nullopt;
  const bool test = end->phase == Phase::test && !kernel_failed(o);
  return Ruling{Verdict::fail, test ? Blame::test : Blame::kernel,
                fmt::format("the guest powered off by itself in phase {}", to_string(end->phase))};
}

static Applies finding(const Observation& o) {
  if (o.findings.empty()) return std::nullopt;
  return Ruling{Verdict::fail, Blame::kernel, "finding: " + name_findings(o.findings)};
}

static Applies taint(const Observation& o) {
  const unsigned long grown = grown_taint(o);
  if (grown == 0) return std::nullopt;
  return Ruling{Verdict::fail, Blame::kernel, "the kernel's taint grew: " + decode_taint(grown)};
}

static Applies kvm(const Observation& o) {
  const auto* end = end_as<model::KvmFailed>(o);
  if (!end || o.level == 1) return std::nullopt;
  return Ruling{Verdict::fail, Blame::kernel,
                fmt::format("KVM around it could not run it in phase {}: {}", to_string(end->phase),
                            end->what)};
}

static Applies not_ok(const Observation& o) {
  if (!has_failed(o)) return std::nullopt;
  return Ruling{Verdict::fail, Blame::kernel, "not ok: " + name_failed_subtests(o.report)};
}

static Applies signal(const Observation& o) {
  if (!o.outcome.exit || o.outcome.exit->signal == 0) return std::nullopt;
  return Ruling{Verdict::fail, Blame::test,
                fmt::format("the case died by signal {}", o.outcome.exit->signal)};
}

std::span<const Row> failure_rows() {
  static constexpr std::array<Row, 10> kRows{{
      {RowId::crash, Bearing::symptom, crash},
      {RowId::silent, Bearing::symptom, silent},
      {RowId::timeout, Bearing::symptom, timeout},
      {RowId::kvm, Bearing::symptom, kvm},
      {RowId::flood, Bearing::objection, flood},
      {RowId::poweroff, Bearing::aftermath, poweroff},
      {RowId::finding, Bearing::symptom, finding},
      {RowId::taint, Bearing::symptom, taint},
      {RowId::not_ok, Bearing::symptom, not_ok},
      {RowId::signal, Bearing::aftermath, signal},
  }};
  return kRows;
}

bool is_failure(RowId id) {
  return std::ranges::any_of(failure_rows(), [&](const Row& row) { return row.id == id; });
}

}  // namespace kproof::verdict
