// KTAP version 1 on stdout, with kproof's evidence and metric lines. Every line is one write(2), so
// a program that crashes loses nothing that it said. Format: testcases/README.md.
#pragma once

#include <cstdarg>
#include <vector>

namespace kproof::lib::ktap {

// Exit codes of a case; 4 is kselftest's KSFT_SKIP.
inline constexpr int kExitPassed = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitBailedOut = 2;
inline constexpr int kExitSkipped = 4;

#define KPROOF_PRINTF(text, args) __attribute__((format(printf, text, args)))

void version();
void plan(unsigned tests);
void result(unsigned number, bool ok, const char* name);
void skipped(unsigned number, const char* name, const char* reason);
void evidence(const char* name, bool proven, const char* fact);
void metric(const char* name, double value, const char* unit);
// In the order in which they were taken. What they say, percentiles and the like, is for the reader
// to compute. Nothing if there are none.
void metric(const char* name, const std::vector<double>& samples, const char* unit);

// "# ..." lines; they belong to the next result. Newlines in the text become lines of their own.
void diagnostic(const char* format, ...) KPROOF_PRINTF(1, 2);
void vdiagnostic(const char* format, va_list args);

// The set-up failed: nothing was shown. Ends the process; in a forked child (process.hpp) it only
// tells the parent, which bails out in its turn.
[[noreturn]] void bail_out(const char* format, ...) KPROOF_PRINTF(1, 2);
// The whole case does not apply here. Ends the process; only valid before the plan.
[[noreturn]] void skip_all(const char* format, ...) KPROOF_PRINTF(1, 2);

// After this, bail_out() in this process speaks on stderr: stdout belongs to the parent's document.
void become_child();

}  // namespace kproof::lib::ktap
