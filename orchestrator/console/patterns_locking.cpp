// Locks, atomic context, preemption and RCU usage.
#include "console/patterns.hpp"

namespace kproof::console {

static const Stack kBacktrace{{"stack backtrace|@T", "@T", kTrace}, {"@T", kTrace}};
static const Stack kWork{{"last function: ([a-zA-Z0-9_]+)"}, {"@T", kTrace}};
static const Stack kTraceOnly{{"@T", kTrace}};
static const Stack kAcquires{
    {R"(at: *(?:@PC +)?@F)", R"(at: *(?:@PC +)?@F)", kTrace, kTrace}, {}, "^process_one_work$"};
static const Stack kBecame{
    {R"(which became [A-Z]+-irq-(?:safe|READ-safe) at:|which became [A-Z]+-safe at:)", kTrace},
    {R"(at: *(?:@PC +)?@F)", kTrace}};
static const Stack kHeldAt{{R"(at: *(?:@PC +)?@F)", "@T", kTrace}};
static const Stack kUnlocked{{"is trying to release lock", R"(^ *(?:@PC )?@F)", "@T", kTrace}};

// The header, whole: another CPU's words in it mean that the report cannot be read.
static constexpr std::string_view kRcuHeader =
    R"(suspicious RCU usage.*\n.*\n-+\s*\n(?:.*\n){0,3}?[^ ]+:[0-9]+ )";

static const Pattern kPatterns[] = {
    {"possible circular locking dependency detected",
     R"(^(?:\[ INFO|WARNING|.*WARNING|\[INFO))",
     "possible deadlock in {frame}",
     &kAcquires,
     {},
     "is trying to acquire"},
    {"possible irq lock inversion dependency detected", "", "possible deadlock in {frame}",
     &kAcquires},
    {"lock order detected",
     "SOFTIRQ-safe -> SOFTIRQ-unsafe|HARDIRQ-safe -> HARDIRQ-unsafe|-READ-safe",
     "possible deadlock in {frame}",
     &kBecame,
     {},
     "is trying to acquire"},
    {"possible recursive locking detected",
     "",
     "possible deadlock in {frame}",
     &kAcquires,
     {},
     "is trying to acquire"},
    {"inconsistent lock state", "", "inconsistent lock state in {frame}", &kHeldAt},
    {"Invalid wait context", R"(\[ BUG: Invalid wait context)",
     "BUG: Invalid wait context in {frame}", &kHeldAt},
    {"suspicious RCU usage",
     R"(INFO: suspicious RCU usage)",
     "INFO: suspicious RCU usage in {frame}",
     &kBacktrace,
     {},
     kRcuHeader},
    {"suspicious RCU usage",
     "",
     "WARNING: suspicious RCU usage in {frame}",
     &kBacktrace,
     {},
     kRcuHeader},
    {"bad unlock balance", R"(\[ ?BUG: bad unlock balance)", "BUG: bad unlock balance in {frame}",
     &kUnlocked},
    {"bad unlock balance", "", "WARNING: bad unlock balance in {frame}", &kUnlocked},
    {"held lock freed", R"(\[ ?BUG: held lock freed)", "BUG: held lock freed in {frame}", &kHeldAt},
    {"held lock freed", "", "WARNING: held lock freed in {frame}", &kHeldAt},
    {"lock held when returning to user space",
     R"(\[ ?BUG: lock held)",
     "BUG: lock held when returning to user space in {frame}",
     &kHeldAt,
     {},
     "",
     kBare},
    {"lock held when returning to user space",
     "",
     "WARNING: lock held when returning to user space in {frame}",
     &kHeldAt,
     {},
     "",
     kBare},
    {"still has locks held", R"(WARNING: .* still has locks held)",
     "WARNING: still has locks held in {frame}", &kHeldAt},
    {"still has locks held", R"(BUG: .* still has locks held)",
     "BUG: still has locks held in {frame}", &kHeldAt},
    {"ested lock was not taken",
     "",
     "WARNING: nested lock was not taken in {frame}",
     &kHeldAt,
     {},
     "",
     kBare},
    {"trying to register non-static key", "", "INFO: trying to register non-static key in {frame}",
     &kTraceOnly},
    {"MAX_STACK_TRACE_ENTRIES too low",
     "",
     "BUG: MAX_STACK_TRACE_ENTRIES too low!",
     nullptr,
     {},
     "",
     kBare},
    {"MAX_LOCKDEP_",
     R"(BUG: MAX_LOCKDEP_([A-Z_]+) too low)",
     "BUG: MAX_LOCKDEP_{1} too low!",
     nullptr,
     {},
     "",
     kBare},

    {"BUG: sleeping function called from invalid context", "",
     "BUG: sleeping function called from invalid context in {frame}", &kTraceOnly},
    {"BUG: scheduling while atomic", "", "BUG: scheduling while atomic in {frame}", &kTraceOnly},
    {"BUG: using ", R"(BUG: using ([a-z_]+\(\)) in preemptible)",
     "BUG: using {1} in preemptible code in {frame}", &kTraceOnly},
    {"BUG: workqueue leaked atomic, lock or RCU",
     "",
     "BUG: workqueue leaked atomic, lock or RCU in {frame}",
     &kWork,
     {},
     "",
     kBare},
    {"BUG: workqueue leaked lock or atomic",
     "",
     "BUG: workqueue leaked lock or atomic in {frame}",
     &kWork,
     {},
     "",
     kBare},
    {"BUG: atomic scheduling", "", "BUG: atomic scheduling in {frame}", &kTraceOnly},
    {"BUG: spinlock",
     R"(BUG: spinlock (lockup suspected|already unlocked|recursion|bad magic|wrong owner|wrong CPU|trylock failure on UP|cpu recursion))",
     "BUG: spinlock {1} in {frame}", &kTraceOnly},
    {"BUG: rwlock", R"(BUG: rwlock ([a-z ]+) on CPU)", "BUG: rwlock {1} in {frame}", &kTraceOnly},
    {"BUG: rtmutex", "", "BUG: rtmutex deadlock in {frame}", &kTraceOnly},
    {"voluntary context switch within RCU", "",
     "WARNING: voluntary context switch within RCU in {frame}", &kTraceOnly},
};

std::span<const Pattern> locking_patterns() {
  return kPatterns;
}

}  // namespace kproof::console
