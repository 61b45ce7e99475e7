// Locks, atomic context, preemption and RCU usage.
#include "console/patterns.hpp"

namespace kproof::console {

static const Stack kBacktrace{
    {"stack backtrace|@T", "@T", kTrace}, {"@T", kTrace}, "rcu|kmem|slab"};
static const Stack kWork{{"(?:last function: |workfn=)([a-zA-Z0-9_]+)"}, {"@T", kTrace}};
static const Stack kUnregistered{{"@T", kTrace}, {}, "stack|lock|IRQ"};
static const Stack kScheduled{{"@T", kTrace}, {}, "schedule"};
// A reader asks who slept, not in which way.
static const Stack kSlept{{"@T", kTrace},
                          {},
                          "schedule|^_*[munf]?sleep(_range|_interruptible|_range_state)?$|^do_"
                          "nanosleep|^hrtimer_nanosleep|^wait_for_|^io_wait"};
static const Stack kIdled{{"@T", kTrace}, {}, "schedule|^dequeue_task_idle$"};
static const Stack kPreempted{{"@T", kTrace}, {}, "dump|preempt"};
static const Stack kSpun{{"@T", kTrace}, {}, "spin_"};
static const Stack kSpins{{"@T", kTrace}, {}, "^_*(do_)?(raw_)?spin_"};
static const Stack kAcquires{
    {R"(at: *(?:@PC +)?@F)", R"(at: *(?:@PC +)?@F)", kTrace, kTrace}, {}, "^process_one_work$"};
static const Stack kBecame{
    {R"(which became [A-Z_]+-irq-(?:safe|READ-safe) at:|which became [A-Z_]+-safe at:)", kTrace},
    {R"(at: *(?:@PC +)?@F)", kTrace}};
static const Stack kHeldAt{{R"(at: *(?:@PC +)?@F)", "@T", kTrace}};
static const Stack kUnlocked{{"is trying to release lock", R"(^ *(?:@PC )?@F)", "@T", kTrace}};

// The header, whole: another CPU's words in it mean that the report cannot be read.
static constexpr std::string_view kRcuHeader =
    R"(suspicious RCU usage.*\n(?:.*\n){1,3}?-+\s*\n(?:.*\n){0,5}?[^ ]+:[0-9]+ )";

static const Pattern kLockingPatterns[] = {
    {.trigger = "possible circular locking dependency detected",
     .line = R"(^(?:\[ INFO|WARNING|.*WARNING|\[INFO))",
     .title = "possible deadlock in {frame}",
     .stack = &kAcquires,
     .body = "is trying to acquire"},
    {.trigger = "possible irq lock inversion dependency detected",
     .title = "possible deadlock in {frame}",
     .stack = &kAcquires},
    {.trigger = "lock order detected",
     .line = "[A-Z_]+-safe -> [A-Z_]+-unsafe|-READ-safe",
     .title = "possible deadlock in {frame}",
     .stack = &kBecame,
     .body = "is trying to acquire"},
    {.trigger = "possible recursive locking detected",
     .title = "possible deadlock in {frame}",
     .stack = &kAcquires,
     .body = "is trying to acquire"},
    {.trigger = "inconsistent lock state",
     .title = "inconsistent lock state in {frame}",
     .stack = &kHeldAt},
    {.trigger = "Invalid wait context",
     .line = R"(\[ BUG: Invalid wait context)",
     .title = "BUG: Invalid wait context in {frame}",
     .stack = &kHeldAt},
    {.trigger = "suspicious RCU usage",
     .line = R"(INFO: suspicious RCU usage)",
     .title = "INFO: suspicious RCU usage in {frame}",
     .stack = &kBacktrace,
     .body = kRcuHeader},
    {.trigger = "suspicious RCU usage",
     .title = "WARNING: suspicious RCU usage in {frame}",
     .stack = &kBacktrace,
     .body = kRcuHeader},
    {.trigger = "bad unlock balance",
     .line = R"(\[ ?BUG: bad unlock balance)",
     .title = "BUG: bad unlock balance in {frame}",
     .stack = &kUnlocked},
    {.trigger = "bad unlock balance",
     .title = "WARNING: bad unlock balance in {frame}",
     .stack = &kUnlocked},
    {.trigger = "held lock freed",
     .line = R"(\[ ?BUG: held lock freed)",
     .title = "BUG: held lock freed in {frame}",
     .stack = &kHeldAt},
    {.trigger = "held lock freed",
     .title = "WARNING: held lock freed in {frame}",
     .stack = &kHeldAt},
    {.trigger = "lock held when returning to user space",
     .line = R"(\[ ?BUG: lock held)",
     .title = "BUG: lock held when returning to user space in {frame}",
     .stack = &kHeldAt,
     .flags = kBare},
    {.trigger = "lock held when returning to user space",
     .title = "WARNING: lock held when returning to user space in {frame}",
     .stack = &kHeldAt,
     .flags = kBare},
    {.trigger = "still has locks held",
     .line = R"(WARNING: .* still has locks held)",
     .title = "WARNING: still has locks held in {frame}",
     .stack = &kHeldAt},
    {.trigger = "still has locks held",
     .line = R"(BUG: .* still has locks held)",
     .title = "BUG: still has locks held in {frame}",
     .stack = &kHeldAt},
    {.trigger = "ested lock was not taken",
     .title = "WARNING: nested lock was not taken in {frame}",
     .stack = &kHeldAt,
     .flags = kBare},
    {.trigger = "trying to register non-static key",
     .title = "INFO: trying to register non-static key in {frame}",
     .stack = &kUnregistered},
    {.trigger = "MAX_STACK_TRACE_ENTRIES too low",
     .title = "BUG: MAX_STACK_TRACE_ENTRIES too low!",
     .flags = kBare},
    {.trigger = "BUG: MAX_LOCK",
     .line = R"(BUG: (MAX_LOCKDEP_[A-Z_]+|MAX_LOCK_DEPTH) too low)",
     .title = "BUG: {1} too low!",
     .flags = kBare},
    {.trigger = "bad contention detected",  // print_lock_contention_bug()
     .line = R"((?:WARNING|\[ BUG): bad contention detected)",
     .title = "WARNING: bad contention detected in {frame}",
     .stack = &kHeldAt},
    {.trigger = "BUG: sleeping function called from invalid context",
     .title = "BUG: sleeping function called from invalid context in {frame}",
     .stack = &kTraceOnly},
    {.trigger = "BUG: scheduling while atomic",
     .title = "BUG: scheduling while atomic in {frame}",
     .stack = &kScheduled,
     .own = &kSlept},
    {.trigger = "BUG: scheduling in a non-blocking section",
     .title = "BUG: scheduling in a non-blocking section in {frame}",
     .stack = &kScheduled,
     .own = &kSlept},
    {.trigger = "bad: scheduling from the idle thread!",  // dequeue_task_idle()
     .title = "bad: scheduling from the idle thread in {frame}",
     .stack = &kIdled},
    {.trigger = "BUG: assuming ",
     .line = R"(BUG: assuming (atomic|non migratable) context at )",
     .title = "BUG: assuming {1} context in {frame}",
     .stack = &kTraceOnly},
    {.trigger = "BUG: using ",
     .line = R"(BUG: using ([a-z_]+\(\)) in preemptible)",
     .title = "BUG: using {1} in preemptible code in {frame}",
     .stack = &kPreempted},
    {.trigger = "BUG: workqueue leaked atomic, lock or RCU",
     .title = "BUG: workqueue leaked atomic, lock or RCU in {frame}",
     .stack = &kWork,
     .flags = kBare},
    {.trigger = "BUG: workqueue leaked lock or atomic",
     .title = "BUG: workqueue leaked lock or atomic in {frame}",
     .stack = &kWork,
     .flags = kBare},
    {.trigger = "BUG: atomic scheduling",
     .title = "BUG: atomic scheduling in {frame}",
     .stack = &kScheduled,
     .own = &kSlept},
    {.trigger = "BUG: spinlock",
     .line =
         R"(BUG: spinlock (lockup suspected|already unlocked|recursion|bad magic|wrong owner|wrong CPU|trylock failure on UP|cpu recursion))",
     .title = "BUG: spinlock {1} in {frame}",
     .stack = &kSpun,
     .own = &kSpins},
    {.trigger = "BUG: rwlock",
     .line = R"(BUG: rwlock[ -]([a-z -]+) on CPU)",
     .title = "BUG: rwlock {1} in {frame}",
     .stack = &kTraceOnly},
    {.trigger = "BUG: rtmutex", .title = "BUG: rtmutex deadlock in {frame}", .stack = &kTraceOnly},
    {.trigger = "huh, entered softirq",  // handle_softirqs(), which prints the action by %p
     .line = R"(huh, entered softirq \d+ \S+ (?:@PC )?@F)",
     .title = "softirq: {1} leaks its preempt count",
     .frame = "{1}",
     .flags = kBare | kSingle},
    {.trigger = "huh, entered softirq",
     .line = R"(huh, entered softirq \d+ ([A-Z_]+) )",
     .title = "softirq: {1} leaks its preempt count",
     .flags = kBare | kSingle},
    {.trigger = "returned with ",  // do_one_initcall()
     .line =
         R"(initcall @F\S*(?: \[\w+\])? returned with ((?:preemption imbalance ?|disabled interrupts ?)+))",
     .title = "initcall {1} returned with {2}",
     .frame = "{1}",
     .flags = kBare | kSingle},
    {.trigger = "voluntary context switch within RCU",
     .title = "WARNING: voluntary context switch within RCU in {frame}",
     .stack = &kTraceOnly},
};

std::span<const Pattern> locking_patterns() {
  return kLockingPatterns;
}

}  // namespace kproof::console
