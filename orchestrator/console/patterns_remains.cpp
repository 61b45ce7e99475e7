// Parts of a report whose header is not there: the log begins amid it, messages were lost, or no
// row knows the header. Only what nothing explains is read so (Tracker::note_remains()).
#include "console/patterns.hpp"

namespace kproof::console {

static constexpr unsigned kPart = kBare | kTail | kRemains;

static const Stack kWhereItWas{{"@IP", "@T", kTrace}, {"@T", kTrace}};
static const Stack kFramesOnly{{kTrace}};
static const Stack kAskedFor{{R"(at: *(?:@PC +)?@F)"}, {"@T", kTrace}};
static const Stack kWaited{{"@T", kTrace}, {}, "", Pick::hung};

// The kernel did not survive it, or its task did not: behind the trace of an oops stand the
// modules, the address of a page fault, the instruction pointer once more, and on arm64 and riscv
// the code. A WARN() has nothing there.
static constexpr std::string_view kDied =
    R"(\nCR2: [0-9a-f]+\s*\n|\n *Call [Tt]race:\n(?:.*\n)*Modules linked in|)"
    R"(\n *Call trace:\n(?:.*\n)*Code: |---\[ end trace .*\n(?:.*\n){0,4}?R?IP: 0010:|)"
    R"(\nnote: .* exited with |: [0-9a-f]{4} \[#[0-9]+\])";
static constexpr std::string_view kStacked =
    R"((?:Call [Tt]race|Backtrace):|\n *Code: |\[ end trace )";
static constexpr std::string_view kAnyStack = R"(\n *(?:Call [Tt]race|Backtrace):(?:.*\n)+.*\+0x)";

static constexpr std::string_view kOopsTitle = "Oops in {frame}";
static constexpr std::string_view kHeadlessTitle = "report without its header in {frame}";

// Where the CPU was, as registers or as what dump_stack() prints.
static Pattern oops_at(std::string_view trigger, std::string_view line) {
  return {.trigger = trigger,
          .line = line,
          .title = kOopsTitle,
          .stack = &kWhereItWas,
          .body = kDied,
          .flags = kPart | kOops};
}
static Pattern headless_at(std::string_view trigger, std::string_view line, std::string_view body) {
  return {.trigger = trigger,
          .line = line,
          .title = kHeadlessTitle,
          .stack = &kWhereItWas,
          .body = body,
          .flags = kPart};
}

static Pattern rcu_stall_at(std::string_view trigger, std::string_view line) {
  return {.trigger = trigger,
          .line = line,
          .title = "INFO: rcu detected stall in {frame}",
          .stack = &kWhereItWas,
          .flags = kPart};
}
static Pattern vm_entry_at(std::string_view trigger, std::string_view line) {
  return {.trigger = trigger, .line = line, .title = "KVM: VM entry failed", .flags = kPart};
}

static constexpr std::string_view kCommLine = R"(^CPU: \d+ (?:UID: \d+ )?PID: \d+ Comm: )";
static constexpr std::string_view kRipLine = R"(^RIP: 0010:(?:@PC +)*@F)";
static constexpr std::string_view kOldRipLine = R"(^[RE]IP +(?:is at )?(?:@PC +)*@F)";
static constexpr std::string_view kEipLine = R"(^EIP: (?:0060:)?(?:@PC +)*@F)";
static constexpr std::string_view kPcLine = R"(^(?:pc|epc) : (?:@PC +)*@F)";
static constexpr std::string_view kPcIsAtLine = R"(^PC is at @F)";
static constexpr std::string_view kNipLine = R"(^NIP \[[0-9a-f]+\] @F)";
// Not in the trigger: Hyperscan takes ten times as long for literals that end in such a run.
static constexpr std::string_view kCutLine = R"(^-+\[ cut here \]-+\s*$)";
static constexpr std::string_view kVmcbLine = R"(^(?:kvm\w*: )?VMCB (?:Control|State Save) Area:)";
static constexpr std::string_view kPageLine = R"(^page dumped because:)";
static constexpr std::string_view kJiffiesLine =
    R"(^\s*(?:rcu: )?\s*\((?:t=\d+|detected by \d+, t=\d+) jiffies,? g=)";
static constexpr std::string_view kStateLine =
    R"(^(?:kvm\w*: )?\*\*\* (?:Guest|Host|Control) State \*\*\*)";

static const Pattern kRemainsPatterns[] = {
    oops_at("RIP: 0010:", kRipLine),
    headless_at("RIP: 0010:", kRipLine, kStacked),
    oops_at("RIP  [<", kOldRipLine),
    headless_at("RIP  [<", kOldRipLine, kStacked),
    oops_at("EIP: ", kEipLine),
    headless_at("EIP: ", kEipLine, kStacked),
    oops_at("EIP is at ", kOldRipLine),
    headless_at("EIP is at ", kOldRipLine, kStacked),
    oops_at("pc : ", kPcLine),
    headless_at("pc : ", kPcLine, kStacked),
    oops_at("PC is at ", kPcIsAtLine),
    headless_at("PC is at ", kPcIsAtLine, kStacked),
    oops_at("NIP [", kNipLine),
    headless_at("NIP [", kNipLine, kStacked),
    oops_at(" Comm: ", kCommLine),
    headless_at(" Comm: ", kCommLine, R"(\[ end trace |\n *Code: )"),
    // A dump_stack() behind words that no row knows.
    {.trigger = " Comm: ",
     .line = kCommLine,
     .title = "stack trace without a report in {frame}",
     .stack = &kTraceOnly,
     .body = kAnyStack,
     .flags = kPart | kComplaint | kMarked},
    // WARN() and BUG() print it before anything else.
    headless_at("[ cut here ]", kCutLine, kStacked),
    {.trigger = "[ cut here ]",
     .line = kCutLine,
     .title = "report that breaks off at its first line",
     .flags = kPart | kBreaksOff},
    {.trigger = "---[ end trace ",
     .line = R"(^---\[ end trace [0-9a-f]+ \]---\s*$)",
     .title = "report of which only the end is there",
     .flags = kPart},
    // What arm and arm64 say before they show registers and die.
    {.trigger = "SError Interrupt on CPU",
     .line = R"(^SError Interrupt on CPU\d+, code 0x)",
     .title = "SError in {frame}",
     .stack = &kWhereItWas,
     .flags = kBare | kOops | kRemains | kHerald},
    {.trigger = " handler detected",
     .line = R"(^Bad mode in .* handler detected)",
     .title = "bad mode in {frame}",
     .stack = &kWhereItWas,
     .flags = kBare | kOops | kRemains | kHerald},
    {.trigger = "Kernel stack is corrupted in: ",
     .line = R"(^(?:stack-protector: )?Kernel stack is corrupted in: (?:@PC )?@F)",
     .title = "kernel panic: stack is corrupted in {1}",
     .frame = "{1}",
     .flags = kPart | kOops | kMarked},
    // Sanitizers.
    {.trigger = " by task ",
     .line = R"(^(Read|Write) of size [0-9]+ (?:at addr [0-9a-f]+ )?by task )",
     .title = "KASAN: {1} in {frame}",
     .stack = &kTraceOnly,
     .flags = kPart},
    {.trigger = "The buggy address belongs to",
     .line = R"(^The buggy address belongs to )",
     .title = "KASAN: report of which only the end is there",
     .flags = kPart | kMarked},
    {.trigger = " bytes by ",
     .line = R"(^(?:read|write|read-write)(?: \([a-z, ]+\))? to 0x[0-9a-f]+ of [0-9]+ bytes by )",
     .title = "KCSAN: data-race in {frame}",
     .stack = &kFramesOnly,
     .flags = kPart},
    {.trigger = "Uninit was ",
     .line = R"(^Uninit was (?:created|stored to memory) at:)",
     .title = "KMSAN: uninit-value",
     .flags = kPart | kMarked},
    {.trigger = "kfence-#",
     .line = R"(^kfence-#\d+: 0x[0-9a-f]+-0x[0-9a-f]+, size=)",
     .title = "KFENCE: report of which only the end is there",
     .flags = kPart | kMarked},
    // dump_page(): bad_page() and print_bad_pte() call it, and others that tell of no fault.
    {.trigger = "page dumped because:",
     .line = kPageLine,
     .title = "BUG: Bad page state in {frame}",
     .stack = &kTraceOnly,
     .body = R"(\bbad_page(?:\.[a-z0-9.]+)?\+0x)",
     .flags = kPart,
     .own = &kGivesBack},
    {.trigger = "page dumped because:",
     .line = kPageLine,
     .title = "BUG: Bad page map",
     .body = R"(^page dumped because: bad pte|print_bad_p\w+(?:\.[a-z0-9.]+)?\+0x)",
     .flags = kPart},
    {.trigger = "page dumped because:",
     .line = kPageLine,
     .title = "stack trace without a report in {frame}",
     .stack = &kTraceOnly,
     .body = kAnyStack,
     .flags = kPart | kComplaint},
    // Locks.
    {.trigger = " is trying to acquire lock:",
     .line = R"(^\S.*/\d+ is trying to acquire lock:\s*$)",
     .title = "possible deadlock in {frame}",
     .stack = &kAskedFor,
     .flags = kPart},
    {.trigger = " is trying to release lock ",
     .line = R"(^\S.*/\d+ is trying to release lock \()",
     .title = "WARNING: bad unlock balance in {frame}",
     .stack = &kWhereItWas,
     .flags = kPart},
    {.trigger = "other info that might help us debug this:",
     .line = R"(^other info that might help us debug this:\s*$)",
     .title = "report of which only the end is there",
     .flags = kPart | kMarked},
    // Stalls.
    {.trigger = "\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message",
     .line = R"(^"echo 0)",
     .title = "INFO: task hung in {frame}",
     .stack = &kWaited,
     .flags = kPart | kWaits | kMarked},
    rcu_stall_at(" jiffies g=", kJiffiesLine),
    rcu_stall_at(" jiffies, g=", kJiffiesLine),
    rcu_stall_at(" ticks this GP)", R"(^\s*(?:rcu: )?\s*\d+\S* \(\d+ ticks this GP\))"),
    // dump_vmcs() and dump_vmcb() of KVM, behind the line that says what failed.
    vm_entry_at("** Guest State **", kStateLine),
    vm_entry_at("** Host State **", kStateLine),
    vm_entry_at("** Control State **", kStateLine),
    vm_entry_at("VMCB Control Area:", kVmcbLine),
    vm_entry_at("VMCB State Save Area:", kVmcbLine),
    // The last line of a panic; what it says stands in it once more. The other is printed instead,
    // where the machine is to boot again.
    {.trigger = "---[ end Kernel panic - not syncing",
     .line = R"(^---\[ end Kernel panic - not syncing)",
     .title = "kernel panic: corrupted",
     .flags = kPart | kOops},
    {.trigger = "Rebooting in ",
     .line = R"(^Rebooting in \d+ seconds\.\.$)",
     .title = "kernel panic: corrupted",
     .flags = kPart | kOops | kMarked},
};

std::span<const Pattern> remains_patterns() {
  return kRemainsPatterns;
}

}  // namespace kproof::console
