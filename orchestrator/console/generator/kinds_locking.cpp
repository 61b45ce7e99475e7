// Lockdep's family, atomic context, RCU usage, spinlocks.
#include "console/generator/kinds.hpp"

namespace kproof::console::generator {

#define BAR "======================================================\n"
#define DASHES "------------------------------------------------------\n"
#define CIRCLE                                                                                 \
  "{rel} #1 Not tainted\n" DASHES                                                              \
  "{comm}/{pid} is trying to acquire lock:\n{addr} (&zork->lock){+.+.}-{3:3}, at: {p}\n\n"     \
  "but task is already holding lock:\n{addr} (&grue->lock){+.+.}-{3:3}, at: {q}\n\n"           \
  "which lock already depends on the new lock.\n\n\n"                                          \
  "the existing dependency chain (in reverse order) is:\n\n-> #1 (&grue->lock){+.+.}-{3:3}:\n" \
  "       lock_acquire+0xd1/0x2d0\n       __mutex_lock+0x9c/0x920\n       {q}\n\n"             \
  "-> #0 (&zork->lock){+.+.}-{3:3}:\n       __lock_acquire+0x13fd/0x2630\n       {p}\n\n"      \
  "other info that might help us debug this:\n\n Possible unsafe locking scenario:\n\n"        \
  "       CPU0                    CPU1\n       ----                    ----\n"                 \
  "  lock(&grue->lock);\n                               lock(&zork->lock);\n"                  \
  "                               lock(&grue->lock);\n  lock(&zork->lock);\n\n"                \
  " *** DEADLOCK ***\n\n1 lock held by {comm}/{pid}:\n"                                        \
  " #0: {addr} (&grue->lock){+.+.}-{3:3}, at: {q}\n\nstack backtrace:\n@cpu\n"                 \
  "@dump check_noncircular __lock_acquire lock_acquire __mutex_lock"

static constexpr unsigned kLockdep = kAnyX86 | kArm64 | kRiscv | kPpc64 | kS390;

static constexpr Kind kLockingKinds[] = {
    {"circular", kLockdep, 413, 9999, "possible deadlock in {f}", 0,
     BAR "!WARNING: possible circular locking dependency detected\n" CIRCLE},
    {"circular before 4.13", kLockdep, 0, 412, "possible deadlock in {f}", 0,
     BAR "![ INFO: possible circular locking dependency detected ]\n" CIRCLE},
    {"recursive", kLockdep, 413, 9999, "possible deadlock in {f}", 0,
     BAR "!WARNING: possible recursive locking detected\n{rel} #1 Not tainted\n" DASHES
         "{comm}/{pid} is trying to acquire lock:\n{addr} (&zork->lock){+.+.}-{3:3}, at: {p}\n\n"
         "but task is already holding lock:\n{addr} (&zork->lock){+.+.}-{3:3}, at: {q}\n\n"
         "other info that might help us debug this:\n Possible unsafe locking scenario:\n\n"
         "       CPU0\n       ----\n  lock(&zork->lock);\n  lock(&zork->lock);\n\n"
         " *** DEADLOCK ***\n\n May be due to missing lock nesting notation\n\nstack backtrace:\n"
         "@cpu\n@dump __lock_acquire.cold lock_acquire _raw_spin_lock"},
    {"lock state", kLockdep, 413, 9999, "inconsistent lock state in {f}", 0,
     BAR "!WARNING: inconsistent lock state\n{rel} #1 Not tainted\n" DASHES
         "inconsistent {SOFTIRQ-ON-W} -> {IN-SOFTIRQ-W} usage.\n"
         "{comm}/{pid} [HC0[0]:SC1[1]:HE1:SE0] takes:\n{addr} (&zork->lock){+.?.}-{2:2}, at: {p}\n"
         "{SOFTIRQ-ON-W} state was registered at:\n  lock_acquire+0xd1/0x2d0\n"
         "  _raw_spin_lock+0x2f/0x40\n  {q}\nirq event stamp: 1234\n\n"
         "other info that might help us debug this:\n Possible unsafe locking scenario:\n\n"
         "       CPU0\n       ----\n  lock(&zork->lock);\n  <Interrupt>\n    lock(&zork->lock);\n\n"
         " *** DEADLOCK ***\n\nstack backtrace:\n@cpu\n"
         "@dump mark_lock_irq.cold mark_lock __lock_acquire lock_acquire _raw_spin_lock"},
    // By convention, the one who made the lock unsafe: {g}, or whoever is printed for it.
    {"lock order of interrupts", kLockdep, 413, 9999, "possible deadlock in", kNoName | kRough,
     BAR
     "!WARNING: HARDIRQ-safe -> HARDIRQ-unsafe lock order detected\n{rel} #1 Not tainted\n" DASHES
     "{comm}/{pid} [HC0[0]:SC0[2]:HE0:SE0] is trying to acquire:\n"
     "{addr} (&zork->lock){+.+.}-{2:2}, at: {p}\n\nand this task is already holding:\n"
     "{addr} (&grue->lock){-...}-{2:2}, at: {q}\n"
     "which would create a new lock dependency:\n"
     " (&grue->lock){-...}-{2:2} -> (&zork->lock){+.+.}-{2:2}\n\n"
     "but this new dependency connects a HARDIRQ-irq-safe lock:\n (&grue->lock){-...}-{2:2}\n\n"
     "... which became HARDIRQ-irq-safe at:\n  lock_acquire+0xd1/0x2d0\n  {q}\n\n"
     "other info that might help us debug this:\n\n Possible interrupt unsafe locking scenario:\n\n"
     "       CPU0                    CPU1\n       ----                    ----\n"
     "  lock(&zork->lock);\n                               local_irq_disable();\n"
     "                               lock(&grue->lock);\n  <Interrupt>\n    lock(&grue->lock);\n\n"
     " *** DEADLOCK ***\n\nstack backtrace:\n@cpu\n"
     "@dump check_irq_usage __lock_acquire lock_acquire _raw_spin_lock"},
    {"lock inversion", kLockdep, 413, 9999, "possible deadlock in {f}", 0,
     "========================================================\n"
     "!WARNING: possible irq lock inversion dependency detected\n{rel} #1 Not tainted\n"
     "--------------------------------------------------------\n"
     "{comm}/{pid} just changed the state of lock:\n{addr} (&zork->lock){..-.}-{2:2}, at: {p}\n"
     "but this lock took another, SOFTIRQ-unsafe lock in the past:\n"
     " (&grue->lock){+.+.}-{2:2}\n\n\nand interrupts could create inverse lock ordering between "
     "them.\n\n\nother info that might help us debug this:\n"
     " Possible interrupt unsafe locking scenario:\n\n  lock(&grue->lock);\n  <Interrupt>\n"
     "    lock(&zork->lock);\n\n *** DEADLOCK ***\n\nstack backtrace:\n@cpu\n"
     "@dump print_irq_inversion_bug.cold mark_lock __lock_acquire lock_acquire _raw_spin_lock"},
    {"too many chains", kLockdep, 0, 9999, "MAX_LOCKDEP_CHAINS too low", kNoName | kRough,
     "!BUG: MAX_LOCKDEP_CHAINS too low!\nturning off the locking correctness validator.\n@cpu\n"
     "@dump __lock_acquire.cold lock_acquire"},
    {"RCU usage", kLockdep, 413, 9999, "WARNING: suspicious RCU usage in {f}", 0,
     "=============================\n!WARNING: suspicious RCU usage\n{rel} #1 Not tainted\n"
     "-----------------------------\n{file}:{line} suspicious rcu_dereference_check() usage!\n\n"
     "other info that might help us debug this:\n\nrcu_scheduler_active = 2, debug_locks = 1\n"
     "no locks held by {comm}/{pid}.\n\nstack backtrace:\n@cpu\n@dump lockdep_rcu_suspicious"},
    {"unlock balance", kLockdep, 413, 9999, "WARNING: bad unlock balance in {f}", 0,
     "=====================================\n!WARNING: bad unlock balance detected!\n"
     "{rel} #1 Not tainted\n-------------------------------------\n"
     "{comm}/{pid} is trying to release lock (&zork->lock) at:\n[<{addr}>] {p}\n"
     "but there are no more locks to release!\n\nother info that might help us debug this:\n"
     "no locks held by {comm}/{pid}.\n\nstack backtrace:\n@cpu\n"
     "@dump print_unlock_imbalance_bug.cold lock_release __mutex_unlock_slowpath"},
    {"wait context", kLockdep, 508, 9999, "nvalid wait context", kRough,
     "=============================\n![ BUG: Invalid wait context ]\n{rel} #1 Not tainted\n"
     "-----------------------------\n{comm}/{pid} is trying to lock:\n"
     "{addr} (&zork->lock){....}-{3:3}, at: {p}\nother info that might help us debug this:\n"
     "context-{5:5}\nno locks held by {comm}/{pid}.\nstack backtrace:\n@cpu\n"
     "@dump __lock_acquire.cold lock_acquire _raw_spin_lock"},
    {"lock held in user space", kLockdep, 413, 9999,
     "WARNING: lock held when returning to user space in {f}", kRough,
     "================================================\n"
     "!WARNING: lock held when returning to user space!\n{rel} #1 Not tainted\n"
     "------------------------------------------------\n"
     "{comm}/{pid} is leaving the kernel with locks still held!\n1 lock held by {comm}/{pid}:\n"
     " #0: {addr} (&zork->lock){+.+.}-{3:3}, at: {p}"},
    {"sleep", kAll & ~kArm, 0, 9999, "BUG: sleeping function called from invalid context in {f}", 0,
     "!BUG: sleeping function called from invalid context at kernel/locking/mutex.c:580\n"
     "in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: {pid}, name: {comm}\n"
     "preempt_count: 1, expected: 0\n@cpu\n@dump __might_resched.cold mutex_lock"},
    {"scheduling", kAll & ~kArm, 0, 9999, "BUG: scheduling while atomic in {f}", 0,
     "!BUG: scheduling while atomic: {comm}/{pid}/0x00000002\n@modules\n@cpu\n"
     "@dump __schedule_bug __schedule schedule"},
    {"spinlock", kAnyX86 | kArm64, 0, 9999, "BUG: spinlock bad magic in {f}", 0,
     "!BUG: spinlock bad magic on CPU#{cpu}, {comm}/{pid}\n"
     " lock: 0x{addr}, .magic: 00000000, .owner: <none>/-1, .owner_cpu: 0\n@cpu\n"
     "@dump spin_bug do_raw_spin_lock _raw_spin_lock"},
    {"preemptible", kAnyX86 | kArm64, 0, 9999, "BUG: using smp_processor_id() in preemptible",
     kRough,
     "!BUG: using smp_processor_id() in preemptible [00000000] code: {comm}/{pid}\ncaller is {p}\n"
     "@cpu\n@dump check_preemption_disabled"},
};

std::span<const Kind> locking_kinds() {
  return kLockingKinds;
}

}  // namespace kproof::console::generator
