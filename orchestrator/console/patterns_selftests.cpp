// What the kernel's own tests print where they fail: KUnit, and tests at boot or of a module.
#include "console/patterns.hpp"

namespace kproof::console {

static constexpr unsigned kLine = kBare | kSingle | kComplaint | kSelftest;

static constexpr std::string_view kTest = "a test of the kernel's own failed: {1}";
static constexpr std::string_view kTests = "tests of the kernel's own failed: {1}";

static const Pattern kSelftestPatterns[] = {
    // KTAP (Documentation/dev-tools/ktap.rst). Not for a skip or what was to fail
    // (Tracker::note_selftest()).
    {.trigger = "not ok ",
     .line = R"(^\s*not ok \d+ (?:- )?(\S.*?)(?:\s+#.*)?$)",
     .title = kTest,
     .flags = kLine},
    // KUnit says why before it says "not ok", which may be cut off (lib/kunit/assert.c, test.c).
    {.trigger = "ION FAILED at ",
     .line = R"(^\s*# ([\w.]+): (?:EXPECTATION|ASSERTION) FAILED at )",
     .title = kTest,
     .flags = kLine},
    {.trigger = ": try faulted",
     .line = R"(^\s*# ([\w.]+): try faulted)",
     .title = kTest,
     .flags = kLine},
    {.trigger = ": test case timed out",
     .line = R"(^\s*# ([\w.]+): test case timed out)",
     .title = kTest,
     .flags = kLine},
    {.trigger = "# Totals: pass:",
     .line = R"(^\s*# Totals: pass:\d+ fail:[1-9])",
     .title = "tests of the kernel's own failed",
     .flags = kLine},
    // tools/testing/selftests/kselftest_module.h, lib/test_bpf.c
    {.trigger = " out of ",
     .line = R"(^(\w+): failed [1-9]\d* out of \d+ tests)",
     .title = kTests,
     .flags = kLine},
    {.trigger = " PASSED, ",
     .line = R"(^(\w+): Summary: \d+ PASSED, [1-9]\d* FAILED)",
     .title = kTests,
     .flags = kLine},
    // kernel/rcu/rcutorture.c, kernel/locking/locktorture.c
    {.trigger = "End of test: ",
     .line = R"(^(\w+)-torture:--- End of test: (?:FAILURE|\w+_HOTPLUG))",
     .title = "tests of the kernel's own failed: {1}-torture",
     .flags = kLine},
    {.trigger = " failed (rc=",  // crypto/testmgr.c
     .line = R"(^alg: self-tests for (\S+) using \S+ failed)",
     .title = kTests,
     .flags = kLine},
    {.trigger = "smoke test: FAILED",  // kernel/test_kprobes.c
     .line = R"(^(?:kprobes: )?Kprobe smoke test: FAILED)",
     .title = "tests of the kernel's own failed: kprobes",
     .flags = kLine},
    {.trigger = "FAILED!",  // kernel/trace/trace_selftest.c, trace_events.c
     .line =
         R"(^Testing (?:tracer|event|event system|dynamic ftrace|ftrace \w+) ?([\w/]*).*FAILED!)",
     .title = "tests of the kernel's own failed: ftrace",
     .flags = kLine},
};

std::span<const Pattern> selftest_patterns() {
  return kSelftestPatterns;
}

}  // namespace kproof::console
