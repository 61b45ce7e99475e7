// No progress: lockups, RCU stalls, hung tasks, workqueues.
#include "console/patterns.hpp"

namespace kproof::console {

// The stack of the code that loops begins below the interrupt that found it looping.
static const Stack kStall{
    {"apic_timer_interrupt|__irq_svc|el1h?_(?:64_)?irq|timer_interrupt_common", kTrace},
    {"@T", kTrace},
    "apic_timer_interrupt|rcu",
    Pick::stall};
static const Stack kSoftLockup{
    {"@IP", "@T", kTrace}, {"@T", kTrace}, "apic_timer_interrupt", Pick::stall};
static const Stack kHung{{"@T", kTrace}, {}, "", Pick::hung};

static constexpr std::string_view kStallAlt = "stall in {frame}";
static constexpr std::string_view kStallTitle = "INFO: rcu detected stall in {frame}";

static const Pattern kPatterns[] = {
    {"soft lockup",
     R"(BUG: soft lockup)",
     "BUG: soft lockup in {frame}",
     &kSoftLockup,
     {kStallAlt}},
    {"hard LOCKUP",
     R"(Watchdog detected hard LOCKUP|watchdog.*hard LOCKUP)",
     "watchdog: hard LOCKUP in {frame}",
     &kSoftLockup,
     {kStallAlt}},
    {"Hard LOCKUP",
     R"(Hard LOCKUP)",
     "watchdog: hard LOCKUP in {frame}",
     &kSoftLockup,
     {kStallAlt},
     "",
     kJoins},
    {"detected stall",
     R"(INFO: rcu[a-z_]* (?:self-)?detected(?: expedited)? stalls? on)",
     kStallTitle,
     &kStall,
     {kStallAlt}},
    {"rcu_",
     R"(rcu_tasks.* detected stalls on tasks)",
     "INFO: rcu tasks detected stall in {frame}",
     &kStall,
     {kStallAlt}},
    {"detected expedited stalls", "", kStallTitle, &kStall, {kStallAlt}},
    {"starved for",
     R"(rcu[a-z_]* kthread (?:timer wakeup didn't happen|starved) for)",
     "INFO: rcu detected stall in {frame}",
     &kStall,
     {kStallAlt},
     "",
     kJoins},
    {"blocked for more than",
     R"(:[0-9]+ blocked for more than [0-9]+ seconds)",
     "INFO: task hung in {frame}",
     &kHung,
     {"hang in {frame}"}},
    {"blocked in I/O wait for",
     R"(INFO: task .* blocked in I/O wait for more than)",
     "INFO: task hung in {frame}",
     &kHung,
     {"hang in {frame}"}},
    {"can't die for more than",
     R"(INFO: task .* can't die for more than)",
     "INFO: task can't die in {frame}",
     &kHung,
     {"hang in {frame}"}},
    {"BUG: workqueue lockup", "", "BUG: workqueue lockup", nullptr, {}, "", kBare},
    {"CSD lock",
     R"(csd: Detected non-responsive CSD lock)",
     "csd: non-responsive CSD lock in {frame}",
     &kStall,
     {kStallAlt}},
    {"unregister_netdevice: waiting for",
     R"(unregister_netdevice: waiting for (?:.*) to become free)",
     "unregister_netdevice: waiting for DEV to become free",
     nullptr,
     {},
     "",
     kBare | kSingle},
};

std::span<const Pattern> stall_patterns() {
  return kPatterns;
}

}  // namespace kproof::console
