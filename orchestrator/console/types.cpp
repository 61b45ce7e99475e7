#include <algorithm>
#include <array>

#include "console/patterns.hpp"

namespace kproof::console {

struct TypeRule {
  std::string_view begins;    // how the title begins
  std::string_view contains;  // and what it holds
  std::string_view type;
};

// The first rule that fits.
static constexpr TypeRule kTypes[] = {
    {"KASAN: ", "null-ptr-deref Read", "KASAN-NULL-POINTER-DEREFERENCE-READ"},
    {"KASAN: ", "null-ptr-deref Write", "KASAN-NULL-POINTER-DEREFERENCE-WRITE"},
    {"KASAN: ", "use-after-free Write", "KASAN-USE-AFTER-FREE-WRITE"},
    {"KASAN: ", "use-after-free", "KASAN-USE-AFTER-FREE-READ"},
    {"KASAN: ", "invalid-free", "KASAN-INVALID-FREE"},
    {"KASAN: ", "double-free", "KASAN-INVALID-FREE"},
    {"KASAN: ", " Write", "KASAN-WRITE"},
    {"KASAN: ", "", "KASAN-READ"},
    {"KFENCE: ", "use-after-free read", "KFENCE-USE-AFTER-FREE-READ"},
    {"KFENCE: ", "use-after-free write", "KFENCE-USE-AFTER-FREE-WRITE"},
    {"KFENCE: ", "memory corruption", "KFENCE-MEMORY-CORRUPTION"},
    {"KFENCE: ", "invalid free", "KFENCE-INVALID-FREE"},
    {"KFENCE: ", " write", "KFENCE-WRITE"},
    {"KFENCE: ", "", "KFENCE-READ"},
    {"KMSAN: ", "uninit-value", "KMSAN-UNINIT-VALUE"},
    {"KMSAN: ", "infoleak", "KMSAN-INFO-LEAK"},
    {"KMSAN: ", "", "KMSAN-UNKNOWN"},
    {"KCSAN: ", "data-race", "KCSAN-DATARACE"},
    {"KCSAN: ", "assert", "KCSAN-ASSERT"},
    {"KCSAN: ", "", "KCSAN-UNKNOWN"},
    {"UBSAN: ", "array-index-out-of-bounds", "MEMORY_SAFETY_UBSAN"},
    {"UBSAN: ", "", "UBSAN"},
    {"memory leak", "", "LEAK"},
    {"kmemleak: ", "", "LEAK"},

    {"WARNING: refcount bug", "", "REFCOUNT_WARNING"},
    {"WARNING: suspicious RCU usage in ", "", "LOCKDEP"},
    {"WARNING: locking bug", "", "LOCKDEP"},
    {"WARNING: still has locks held", "", "LOCKDEP"},
    {"WARNING: nested lock was not taken", "", "LOCKDEP"},
    {"WARNING: bad unlock balance", "", "LOCKDEP"},
    {"WARNING: lock held", "", "LOCKDEP"},
    {"WARNING: held lock freed", "", "LOCKDEP"},
    {"possible deadlock", "", "LOCKDEP"},
    {"inconsistent lock state", "", "LOCKDEP"},
    {"BUG: using ", "in preemptible", "LOCKDEP"},
    {"BUG: bad unlock balance", "", "LOCKDEP"},
    {"BUG: held lock freed", "", "LOCKDEP"},
    {"BUG: still has locks held", "", "LOCKDEP"},
    {"BUG: lock held", "", "LOCKDEP"},
    {"BUG: spinlock", "", "LOCKDEP"},
    {"BUG: rwlock", "", "LOCKDEP"},
    {"BUG: rtmutex", "", "LOCKDEP"},
    {"BUG: Invalid wait context", "", "LOCKDEP"},
    {"BUG: MAX_LOCKDEP", "", "LOCKDEP"},
    {"BUG: sleeping function called from invalid context", "", "ATOMIC_SLEEP"},
    {"BUG: scheduling while atomic", "", "ATOMIC_SLEEP"},
    {"BUG: scheduling in a non-blocking section", "", "ATOMIC_SLEEP"},
    {"BUG: atomic scheduling", "", "ATOMIC_SLEEP"},
    {"bad: scheduling from the idle thread", "", "ATOMIC_SLEEP"},

    {"INFO: rcu", "stall", "HANG"},
    {"INFO: task hung", "", "HANG"},
    {"INFO: task can't die", "", "HANG"},
    {"BUG: soft lockup", "", "HANG"},
    {"watchdog: hard LOCKUP", "", "HANG"},
    {"csd: ", "", "HANG"},
    {"unexpected kernel reboot", "", "REBOOT"},

    {"BUG: unable to handle kernel NULL pointer", "", "NULL-POINTER-DEREFERENCE"},
    {"BUG: unable to handle kernel paging request", "", "MEMORY_SAFETY_BUG"},
    {"BUG: corrupted list", "", "MEMORY_SAFETY_BUG"},
    {"bad p", "", "MEMORY_SAFETY_BUG"},
    {"Bad swap ", "", "MEMORY_SAFETY_BUG"},
    {"Unused swap ", "", "MEMORY_SAFETY_BUG"},
    {"Corrupted low memory", "", "MEMORY_SAFETY_BUG"},
    {"slab error", "", "MEMORY_SAFETY_BUG"},
    {"Slab corruption", "", "MEMORY_SAFETY_BUG"},
    {"CFI failure", "", "BUG"},
    {"Corrupted page table", "", "MEMORY_SAFETY_BUG"},
    {"pagealloc: ", "", "MEMORY_SAFETY_BUG"},
    {"BUG: bad usercopy", "", "BUG"},
    {"kernel BUG", "", "BUG"},
    {"KVM: ", "", "BUG"},
    {"WARNING: kernel stack", "", ""},
    {"WARNING", "", "WARNING"},

    {"general protection fault", "", "DoS"},
    {"stack segment fault", "", "DoS"},
    {"divide error", "", "DoS"},
    {"invalid opcode", "", "DoS"},
    {"Internal error", "", "DoS"},
    {"Unhandled fault", "", "DoS"},
    {"Alignment trap", "", "DoS"},
    {"int3 in ", "", "DoS"},
    {"alignment check in ", "", "DoS"},
    {"stack guard page in ", "", "DoS"},
    {"recursive fault", "", "DoS"},
    {"PANIC: ", "", "DoS"},
    {"Oops", "", "DoS"},
    {"SError in ", "", "DoS"},
    {"bad mode in ", "", "DoS"},
    {"kernel panic", "", "DoS"},
    {"kernel stack overflow", "", "DoS"},
    {"unregister_netdevice", "", "DoS"},
    {"VFS: ", "", "DoS"},
    {"trusty: ", "", "DoS"},
    {"go runtime error", "", "DoS"},
    {"BUG: Object", "", "DoS"},  // these three are the slab allocator's
    {"BUG: Free", " corrupt", "DoS"},
    {"BUG: ", " overwritten", "DoS"},
    {"mce: ", "", "MCE"},
    {"[Hardware Error]", "", "MCE"},
    {"EDAC: ", "", "MCE"},
    {"Memory failure", "", "MCE"},
};

std::string_view type_of(std::string_view title) {
  const auto* rule = std::ranges::find_if(kTypes, [&](const TypeRule& candidate) {
    return title.starts_with(candidate.begins) && title.find(candidate.contains) != title.npos;
  });
  return rule == std::end(kTypes) ? std::string_view() : rule->type;
}

}  // namespace kproof::console
