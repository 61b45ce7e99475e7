// What is no finding in spite of its words, and what only its header tells to be one.
#include "console/patterns.hpp"

namespace kproof::console {

static const Pattern kFriends[] = {
    {"INFO: lockdep is turned off", "", ""},
    {"INFO: NMI handler", "", ""},
    {" took too long", R"((?:handler|interrupt) .*took too long)", ""},
    {"INFO: Stall ended before state dump start", "", ""},
    {"INFO: recovery required on readonly filesystem", "", ""},
    // A detail of the hung task's report above (6.16 and later): who may hold the lock.
    {"INFO: task ", R"(INFO: task .* blocked on an? (?:mutex|semaphore|rw-semaphore)\b)", ""},
    {"general protection fault",
     R"(traps: .* general protection fault|general protection fault ip:)", ""},
    {"Kernel panic - not syncing", R"(---\[ end Kernel panic)", ""},
    {"messages suppressed", R"(BUG: Bad page (?:map|state): [0-9]+ messages suppressed)", ""},
    {"mand mount option", "", ""},
    // Told at boot about the machine or its configuration, not about a fault of the kernel.
    {"WARNING: ", "WARNING: workqueue cpumask: online intersect", ""},
    {"WARNING: ", "WARNING: fbcon: Driver .* missed to adjust virtual screen size", ""},
    {"WARNING: ", "WARNING: Unsupported flag value", ""},  // the C library's, about a program
    {"WARNING: ", "WARNING: Unprivileged eBPF is enabled", ""},
    {"WARNING: ", "WARNING: polling idle and HT enabled", ""},
    {"WARNING: ", "WARNING: 'bootconfig' found on the kernel command line", ""},
    {"WARNING: ", "WARNING: BIOS bug: ", ""},
    // Advice on mitigations, in the words of arch/x86/kernel/cpu/bugs.c: the CPU's flaw comes
    // first.
    {"WARNING: ",
     R"(^(?:Spectre V|Speculative |MDS|TAA|SRBDS|MMIO Stale Data|RETBleed|L1TF|ITS|TSA|SRSO|GDS|)"
     R"(VMSCAPE|Register File Data|Transient Scheduler)[^:]*: )",
     ""},
    {"WARNING: ", "WARNING: See https?://", ""},
    // A daemon's, about a file; a kernel's own says where in the file (since 6.19).
    {"WARNING: ", R"(WARNING: /\S*(?:[^0-9 ]|[^:0-9][0-9]+)(?: |$))", ""},
    {"WARNING: ", R"(WARNING: /\S*:[0-9]+ (?:[^a]|a[^t]))", ""},
    {"WARNING: ", R"(^[A-Za-z0-9]+(?:-fs)? \([^)]*\): WARNING: )",
     ""},  // a file system, on its disk
    // The slab's part of a KASAN report of old kernels; the report has a header of its own.
    {"BUG ", R"(^BUG [^ ]+ \(.*\): kasan: bad access detected)", ""},
    // What was corrected says so too (mce_notify_irq()). A poll, as at boot of what firmware left,
    // finds with it what is no fault: bits 61 and 60 of the status say uncorrected and enabled.
    {"mce: [Hardware Error]", R"(Machine check events logged)", ""},
    {"mce: [Hardware Error]", R"(CPU \d+: Machine Check: 0 Bank \d+: [0-24-689ac-e][0-9a-f]{15}\b)",
     ""},
    {"Memory failure: ", R"(: recovery action for .*: (?:Recovered|Delayed)\b)", ""},
    // The first half of a time-out: the second tells (amdgpu_job_timedout()).
    {"amdgpu: ring ", R"(amdgpu: ring \S+$)", ""},
    {"*ERROR* ring ", R"(\*ERROR\* ring \S+$)", ""},
    {"INFO: Freed in", "", ""},
    // A floppy drive that is not there, at boot.
    {"I/O error", R"(\bI/O error(?:, dev| on dev(?:ice)?) fd\d\b)", ""},
    // Details of a slab report, which has its header before.
    {"INFO: ", R"(^INFO: (?:Slab|Object|Address) 0x|^INFO: 0x[0-9a-fx]+-0x)", ""},
};

static constexpr std::string_view kBehindWarning =
    R"(\n *(?:Call [Tt]race|Backtrace|CPU: \d+ |Hardware name))";

static const Pattern kGeneral[] = {
    // In capitals: an echo of the console, if no stack follows.
    {.trigger = "WARNING: ",
     .line = R"(WARNING: ([^a-z]*)$)",
     .title = "WARNING: {1}",
     .body = kBehindWarning,
     .flags = kMixed | kMarked | kWantsBody},
    // KTAP's diagnostics: what a test says of itself.
    {"BUG: ", R"(^\s*# )", ""},
    {"WARNING: ", R"(^\s*# )", ""},
    {"INFO: ", R"(^\s*# )", ""},
    {.trigger = "BUG: ",
     .line = R"((?:^|\[ ?|[^a-zA-Z_/])BUG: (.*))",  // not of a path
     .title = "BUG: {1}",
     .flags = kMixed | kMarked},
    // A driver's, about its device or firmware (dev_warn(), pr_fmt()); the kernel's own begin with
    // the word, but for those that a row above knows.
    {"WARNING: ", R"(^[a-zA-Z0-9][\w.-]*(?:[ :]+\S+){0,2}: WARNING: )", ""},
    {.trigger = "WARNING: ",
     .line = R"((?:^|[^a-zA-Z_ ] )(?:WARNING: )+(.*))",
     .title = "WARNING: {1}",
     .body = kBehindWarning,
     .flags = kMixed | kMarked},
    // What lockdep and its kin have found; the rest was lost.
    {.trigger = "WARNING: ",
     .line =
         R"((?:^|[^a-zA-Z_ ] )(?:WARNING: )+((?:possible|inconsistent|suspicious|bad|held lock|lock held|nested lock|Nested lock|\w+-safe -> ).*))",
     .title = "WARNING: {1}",
     .flags = kMixed | kMarked},
    // Words alone, of which drivers say some at every boot.
    {.trigger = "WARNING: ",
     .line = R"((?:^|[^a-zA-Z_ ] )(?:WARNING: )+(.*))",
     .title = "WARNING: {1}",
     .flags = kMixed | kMarked | kComplaint},
    {.trigger = "INFO: ", .line = R"(^\[ INFO: (.*)\])", .title = "INFO: {1}", .flags = kMixed},
    // Cut short: the console printer was taken over in the middle of a hung task's header, and the
    // new owner prints the record again, whole.
    {"INFO: ", R"(^INFO: t(?:a(?:s(?:k.*)?)?)?$)", ""},
    // The kernel begins a message so only where it complains.
    {.trigger = "INFO: ",
     .line = R"(^(?:rcu: )?INFO: (.*\S.*))",
     .title = "INFO: {1}",
     .flags = kMixed | kMarked},
    // The header's second half went to another line, or was lost.
    {.trigger = "BUG:",
     .line = R"(^BUG:\s*$)",
     .title = "BUG: corrupted",
     .flags = kMixed | kMarked},
    {.trigger = "WARNING:",
     .line = R"(^WARNING:\s*$)",
     .title = "WARNING: corrupted",
     .flags = kMixed | kMarked},
    {.trigger = "INFO:",
     .line = R"(^INFO:\s*$)",
     .title = "INFO: corrupted",
     .flags = kMixed | kMarked},
    // A Go program on the same console (syzkaller's fuzzer, a container's daemon) gave up.
    {.trigger = "fatal error: ",
     .line = R"(^fatal error: )",
     .title = "go runtime error",
     .body =
         R"(\nruntime stack:|\ngoroutine [0-9]+ \[|\n\[signal SIG[A-Z]+: |)"
         R"(^fatal error: (?:all goroutines are asleep|concurrent map|unexpected signal|runtime: ))",
     .flags = kBare | kForeign},
};

std::span<const Pattern> false_friends() {
  return kFriends;
}

std::span<const Pattern> general_patterns() {
  return kGeneral;
}

std::vector<std::span<const Pattern>> pattern_tables() {
  return {false_friends(),    selftest_patterns(), memory_patterns(),  locking_patterns(),
          stall_patterns(),   fault_patterns(),    warning_patterns(), complaint_patterns(),
          general_patterns(), remains_patterns()};
}

}  // namespace kproof::console
