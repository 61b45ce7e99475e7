// (expectation, outcome, findings, evidence) -> verdict. The one place that decides.
//
// The truth table, in order of precedence; the first row that applies gives verdict and blame.
//
//  row         applies when                                                verdict  blame
//  Failures that were seen. No other row hides one, at whatever level.
//  crash       the end is Panicked, Rebooted or Oopsed; an oops was seen,  crash    kernel
//              or a finding that the kernel did not survive; the taint got D
//  silent      the end is Silent                                           hang     kernel
//  timeout     the case was killed at its deadline, the agent answered     hang     test (1)
//  kvm         the end is KvmFailed of a guest inside: the KVM of the      fail     kernel
//              level around it could not run it
//  flood       the end is Flooded                                          fail     kernel (2)
//  poweroff    the end is PoweredOff: before the agent said bye            fail     test (3)
//  finding     the kernel printed a problem, at whatever level             fail     kernel
//  taint       the taint grew while the case ran                           fail     kernel
//  not-ok      a subtest is not ok                                         fail     kernel
//  signal      the case died by a signal                                   fail     test
//  Why nothing could be seen, or not all.
//  lacking     the kernel lacks what the topology declares (known before   miss     config
//              the boot), and so the guest was never started
//  unbootable  the kernel or host lacks what the case needs, likewise      skip     config
//  host        the end is HostFault, or KvmFailed of L1: KVM is the        broken   host
//              host's there
//  unreachable the end is Unreachable: before the first hello             miss     config (5)
//              later: the agent's port was taken away                    broken   host (4)
//  agent       the end is BadAgent                                         broken   host (4)
//  blind       a canary was not seen; kmsg records were lost; the agent    broken   host
//              never told the taint; more was found than can be kept
//  unproven    the end is Unproven: neither power-off nor reset was shown  broken   host
//  unmet       needs were unmet before the boot; the guest ran all the     skip     config
//              same
//  prepare     a module did not load, a sysctl was refused                 miss     config
//  outer       the end is OuterGone, and nothing above tells why (6)       broken   host
//  What the case lacks.
//  no-exit     the case never started, or its end was not reported         broken   host
//  malformed   its output is no KTAP document                              fail     test
//  exit-code   the exit code contradicts the KTAP                          fail     test
//  bail-out    "Bail out!": it could not establish a precondition          miss     test
//  whole-skip  "1..0 # SKIP"                                               skip     none
//  evidence    declared evidence is missing or unproven, or any unproven   miss     test
//              evidence was reported
//  nothing     there are no subtests, or all were skipped                  skip     test
//  pass        no row above applies                                        pass     none
//
// (1) kernel, when it printed a finding, a subtest was not ok, or the case is stuck in it
//     (hung_task, irqs_off).
// (2) test, in the phase `test`, without a finding and a failed subtest: a case's stdout never
//     reaches the console, but as root it can write to /dev/console and /dev/kmsg. Before that
//     phase only the kernel can.
// (3) kernel, in any other phase: nothing of the test was running; and as (2).
// (4) Frames of our own agent are our instrument. Garbage there means that neither results nor kmsg
//     can be believed, whoever caused it: "a detector that could not see" (design.md). But who says
//     "not ok" before is believed: what a failure may hide is a retry, what `broken` may hide is a
//     bug.
// (5) The kernel has no virtio, or the like: a need unmet, that nobody could know before the boot.
// (6) Of a guest that ended with the one around it, or that was never started, no canary, case or
//     evidence is asked for: what became of the guest around it says why. What it said before
//     counts.
//
// A level that runs no case but the guest inside it is judged by the rows down to `outer`, and by
// `evidence`.
//
// Findings and subtests that are not ok stand in the reason whichever row decides. So does a fault
// of the host, and behind `not-ok` the first row that tells what else was wrong.
//
// Expected, as model::Expectation says, and: `broken` never is. A failure that was declared counts
// only if nothing else is wrong: all declared evidence was proven (else it did not fail for the
// declared reason), and no row applies besides crash, silent, timeout, kvm, finding, not-ok and
// taint, where findings of that level explain all of its bits. When crash or hang is expected, rows
// that follow from the guest's or the case's early end (poweroff, unreachable, agent, blind but for
// begin canaries, outer, no-exit, signal, malformed, exit-code, nothing) are no objection.
//
// Findings that are known (known_issues.hpp) and have not expired need no declaration, and may be
// what was declared: a cell that should have passed is expected if no row applies besides finding
// and taint, and all are known.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/evidence.hpp"
#include "model/finding.hpp"
#include "model/outcome.hpp"
#include "model/verdict.hpp"

namespace kproof::verdict {

// What one log showed of the canary.
struct Canary {
  int level = 1;
  model::Source source = model::Source::console;
  bool begin = false;  // after the agent started
  bool end = false;    // before its orderly power-off
};

// One guest of the cell. Borrows the outcome and the report.
struct Observation {
  int level = 1;
  bool runs_case = true;  // false: it only holds the guest inside
  const model::RunOutcome& outcome;
  const model::CaseReport& report;
  std::vector<std::string> evidence;     // declared by the case and by the topology
  std::vector<model::Finding> findings;  // of both sources
  // One for each source. Console and kmsg always are watched: if absent here, they count as not
  // seen.
  std::vector<Canary> canaries;
  std::vector<std::string> unmet;    // needs unmet before the boot: "kernel lacks CONFIG_DEV_DAX"
  std::vector<std::string> missing;  // the same of what the topology declares
  std::size_t lost_kmsg = 0;         // records that the kernel dropped before the agent read them
  std::size_t left_out = 0;          // findings beyond those that are kept
  bool oopsed = false;               // console/: an oops or a BUG, survived or not
};

// `levels`: every guest of the cell, L1 first. A row applies when it does at any level; in a cell
// of several, the reason names it: "L2: ...".
using Levels = std::span<const Observation>;
model::Judgement judge(const model::Expectation& expectation, Levels levels);

// The row of the table that decided: "finding", "pass". For tests and for debugging.
std::string_view deciding_row(Levels levels);

}  // namespace kproof::verdict
