// No progress: lockups, RCU stalls, hung tasks, workqueues.
#include "console/patterns.hpp"

namespace kproof::console {

static constexpr std::string_view kTimerInterrupt =
    "apic_timer_interrupt|__irq_svc|el1h?_(?:64_)?irq|timer_interrupt_common";

// show_regs() on riscv prints the frames behind the registers, without a line above.
static constexpr std::string_view kTraceOrRegisters = "@T|^epc : [0-9a-f]+ ra : ";

// The stack of the code that loops begins below the interrupt that found it looping, where the
// kernel says what that hit; or below the one that was sent to look. Since 6.1 a CPU that finds
// itself looping shows the registers that the interrupt saved, and no interrupt. A scheduler's dump
// of a task shows where that was, not what loops.
static const Stack kStall{
    {kTimerInterrupt, "@IP", kTrace},
    {kTimerInterrupt, kTrace},
    "apic_timer_interrupt|rcu",
    Pick::stall,
    {"NMI backtrace for cpu|self-detected stall", "@IP", kTraceOrRegisters, kTrace}};
static const Stack kSoftLockup{
    {"@IP", kTraceOrRegisters, kTrace}, {"@T", kTrace}, "apic_timer_interrupt", Pick::stall};
static const Stack kHung{{"@T", kTrace}, {}, "", Pick::hung};

static constexpr std::string_view kStallAlt = "stall in {frame}";
static constexpr std::string_view kStallTitle = "INFO: rcu detected stall in {frame}";

static const Pattern kStallPatterns[] = {
    {.trigger = "soft lockup",
     .line = R"(BUG: soft lockup)",
     .title = "BUG: soft lockup in {frame}",
     .stack = &kSoftLockup,
     .alt = {kStallAlt},
     .flags = kHeldUp},
    {.trigger = "hard LOCKUP",
     .line = R"(Watchdog detected hard LOCKUP|watchdog.*hard LOCKUP)",
     .title = "watchdog: hard LOCKUP in {frame}",
     .stack = &kSoftLockup,
     .alt = {kStallAlt},
     .flags = kHeldUp | kNamesCulprit},
    {.trigger = "Hard LOCKUP",
     .line = R"(Hard LOCKUP)",
     .title = "watchdog: hard LOCKUP in {frame}",
     .stack = &kSoftLockup,
     .alt = {kStallAlt},
     .flags = kAnswers | kHeldUp | kNamesCulprit,
     .of = kHeldUp},
    {.trigger = "detected stalls on tasks",
     .line = R"(rcu_tasks.* detected stalls on tasks)",
     .title = "INFO: rcu tasks detected stall in {frame}",
     .stack = &kStall,
     .alt = {kStallAlt},
     .flags = kHeldUp | kNamesCulprit},
    {.trigger = "detected stall",
     .line = R"(INFO: rcu[a-z_]* (?:self-)?detected(?: expedited)? stalls? on)",
     .title = kStallTitle,
     .stack = &kStall,
     .alt = {kStallAlt},
     .flags = kHeldUp},
    {.trigger = "detected expedited stalls",
     .title = kStallTitle,
     .stack = &kStall,
     .alt = {kStallAlt},
     .flags = kHeldUp},
    {.trigger = "starved for",
     .line = R"(rcu[a-z_]* kthread (?:timer wakeup didn't happen|starved) for)",
     .title = "INFO: rcu detected stall in {frame}",
     .stack = &kStall,
     .alt = {kStallAlt},
     .flags = kJoins | kHeldUp,
     .of = kHeldUp},
    {.trigger = "blocked for more than",
     .line = R"(:[0-9]+ blocked for more than [0-9]+ seconds)",
     .title = "INFO: task hung in {frame}",
     .stack = &kHung,
     .alt = {"hang in {frame}"},
     .flags = kWaits},
    {.trigger = "blocked in I/O wait for",
     .line = R"(INFO: task .* blocked in I/O wait for more than)",
     .title = "INFO: task hung in {frame}",
     .stack = &kHung,
     .alt = {"hang in {frame}"},
     .flags = kWaits},
    {.trigger = "can't die for more than",
     .line = R"(INFO: task .* can't die for more than)",
     .title = "INFO: task can't die in {frame}",
     .stack = &kHung,
     .alt = {"hang in {frame}"},
     .flags = kWaits},
    {.trigger = "BUG: workqueue lockup", .title = "BUG: workqueue lockup", .flags = kBare | kWaits},
    {.trigger = "CSD lock",
     .line = R"(csd: Detected non-responsive CSD lock)",
     .title = "csd: non-responsive CSD lock in {frame}",
     .stack = &kStall,
     .alt = {kStallAlt},
     .flags = kHeldUp | kNamesCulprit},
    {.trigger = "unregister_netdevice: waiting for",
     .line = R"(unregister_netdevice: waiting for (?:.*) to become free)",
     .title = "unregister_netdevice: waiting for DEV to become free",
     .flags = kBare | kSingle},
};

std::span<const Pattern> stall_patterns() {
  return kStallPatterns;
}

}  // namespace kproof::console
