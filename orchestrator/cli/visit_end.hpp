// What kproof exec and kproof shell end with. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "agent/messages.hpp"
#include "report/run_report.hpp"

namespace kproof::cli {

// The command's own exit code, 128 and the number of a signal that killed it; and beside it those
// that `git bisect run` takes as bad, and cannot tell.
inline constexpr int kKernelFailed = 120;  // the kernel printed a finding, died or hung
inline constexpr int kCommandTimedOut = 124;
inline constexpr int kCannotTell = 125;  // no such kernel or guest, a fault of this host

// `ended`: how the command did; nothing where that is not known.
int visit_exit_code(const report::RunReport& report, const std::optional<agent::CaseEnded>& ended);

inline constexpr std::string_view kVisitExitCodes =
    "Exit code: the command's own, 128 + N if signal N killed it, where nothing was found; 120 the "
    "kernel printed a finding (WARNING, BUG, bad pud, ...), died or hung, whatever the command "
    "says; 124 the command took longer than --timeout; 125 it cannot be told: the kernel does not "
    "build or boot, or this host failed; 2 wrong usage; 130 interrupted. So `git bisect run` takes "
    "all of them as they are meant.";

}  // namespace kproof::cli
