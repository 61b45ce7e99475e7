// What makes others wait, or waits, or holds an object: its caller misused it.
#include "console/families.hpp"

namespace kproof::console {

// Tables to read by subject, not one word a line.
// clang-format off
static constexpr const char* kWaitingFamilies[] = {
    // The validator of locks.
    "lockdep", "^perf_trace_", "^_*(trace_|bpf_trace_|raw_)?(lock_acquire|lock_release)", "lock_class", "^assign_lock_key",
    "lock_is_held", "^lock_(pin|unpin|repin|set_class|downgrade|contended|sync|chain)",
    "^mark_(lock|held|usage)", "^(match|find|reacquire|get_first)_held_lock", "^validate_chain",
    "^check_(noncircular|prevs?_add|(irq_)?usage|redundant|deadlock)",
    "^check_((lock_)?chain_key|wait_context)", "^(lookup|add)_chain_cache",
    "^add_(lock_to_list|chain_)", "^find_usage_", "^count_matching_names",
    "^debug_check_no_locks", "^in_lock_functions",
    // Spinning locks, and sequences.
    "^raw_spin_rq", "^_*(task_|double_)?rq_(un)?lock",
    "^_*((raw|do_raw|native|queued|arch|ticket|rt|pv|mcs|bit|hv|kvm|xen|virt|rtlock|paravirt|generic|default)_+)*spin_(try|un)?lock(_(irq|bh|irqsave|irqrestore|nested|nest_lock|slowpath|slowlock|flags|common|bucket|unlock|no_resched|free|init|debug))*$",
    "^(__lockfunc_|__|bitmap_|hlist_)?spin_(un)?lock",
    "raw_(read|write)_(try|un)?lock", "^_*(raw_|rt_|queued_|arch_)?(read|write)_(try|un)?lock(_(irq|bh|irqsave|irqrestore|nested|slowpath))*$", "queued_(spin|read|write)_",
    "^_*pv_(queued|wait|kick)", "^do_raw_(spin|read|write)_", "^pvqspinlock", "^spin_(dump|bug)",
    "^rwlock_bug", "^debug_spin", "(read|write)_seqcount\\w*$",
    "^(read|write)_seq(lock|unlock|begin|retry)\\w*$", "seqprop_assert",
    // Sleeping locks.
    "^_*mutex_(can_spin_on_owner|clear_flag|destroy|handoff|init|is_locked|(un|try)?lock|optimistic_spin|owner|(add|remove)_waiter|rt_init|set_flag|spin_on_owner|waiter_is_first)(_(common|double|fast|fastpath|generic|interruptible|io|killable|nested|nest_lock|or_handoff|or_owner|recursive|slowpath))*$",
    "^_*ww_mutex_(add_waiter|check_kill|check_waiters|destroy|init|is_locked|(un|try)?lock|set_context|spin_on_owner|wound)(_(acquired|fastpath|interruptible|single|slow|slowpath))*$",
    "^debug_mutex_", "^_*(debug_|task_|task_blocks_on_|try_to_take_|remove_)?rt_?mutex(_(acquire|add|adjust|base|block|chain|cleanup|clear|cmpxchg|common|deadlock|debug|free|futex|get|handle|has|init|interruptible|is|killable|lock|locked|nest|nested|on|owner|pi|post|postunlock|pre|prio|proxy|q|release|rtlock|schedule|setprio|slowlock|slowtrylock|slowunlock|spin|start|steal|task|top|try|trylock|unlock|up|wait|waiter|waiters|wake))*$", "^rtlock_", "^_*rwbase",
    "^_*rwsem_(add|assert|can|clear|cond|del|down|downgrade|is|mark|optimistic|owner|read|rspin|set|spin|test|try|wake|write)(_|$)", "^call_rwsem_",
    "^_*(down|up)(_(read|write|common|trylock|interruptible|killable|timeout|nested|nest_lock|non_owner|console_sem|failed))*$",
    "^_*downgrade_write", "^_*percpu_(down|up|rwsem)_", "^rt_(spin|read|write)_", "^owner_on_cpu",
    "^osq_", "^_*(lock|release)_sock",
    // Pages as locks and as objects.
    "^_*folio_((try_)?get|unlock|lock(_killable|_or_retry)?)$", "^_*folio_(put(_refs)?$|wait_)",
    "^folios_put", "^(un|_*)?lock_page(_|$)", "^_*(put|get)_page$",
    // References.
    "^_*refcount_(add|dec|inc|sub|read|set|warn|error)(_(acquire|and_lock|and_lock_irqsave|and_mutex_lock|and_rtnl_lock|and_test|checked|if_one|limited|not_one|not_zero|release|report|saturate))*$",
    "^kref_(get|put|init|read|sub)(_(unless_zero|lock|mutex|spinlock_irqsave))*$", "^ref_tracker_", "^percpu_ref_(get|tryget|put)\\w*$", "^_*instrument_\\w+$",
    "^(arch_|raw_)?atomic(64|_long)?_(read|set|inc|dec|add|sub|and|or|xor|x?chg|cmpxchg|try|fetch)\\w*$",
    "^_?atomic_dec_and_", "^(put|get)_device(_parent)?$", "^i(put|hold)(_final)?$", "^dput(_to_list)?$",
    "^fast_dput", "^path_(get|put)$", "^(drop|inc|clear|set)_nlink", "^(read|write)_pnet$",
    "^(arch_|generic_|_)*(test|set|clear|change)_(and_(set|clear|change)_)?bit(_\\w+)?$",
    // Context: preemption, interrupts, RCU, time.
    "might_(sleep|fault|resched)", "^__cant_(sleep|migrate)", "^_*might_", "^_*cond_resched\\w*$",
    "^_*preempt_(schedule|count)", "^debug_smp_processor_id", "this_cpu_preempt",
    "^check_preemption_disabled", "^_*local_(bh|irq)\\w*$", "^raw_local_irq",
    "^trace_(hardirqs|softirqs|preempt)", "^_*(raw_)?irq(entry)?_(enter|exit)",
    "^native_(save|restore|irq|safe|halt)_", "^arch_local", "^_*rcu_read_(un)?lock\\w*$",
    "^rcu_(is_watching|lock_|note_context)", "^_*srcu_read_\\w+$", "srcu_struct(_|$)", "^ktime_get",
    "^timekeeping_get", "^current_time$", "^current_kernel_time",
    // Waiting and waking.
    "^schedule(_timeout|_preempt)?$", "^__schedule", "^schedule_timeout", "__wake_up",
    "^s?wake_up_(process|state|q|all|one|locked|bit|var)|^wake_up$",
    "^_*(prepare_to|finish)_s?wait", "^wait_for_(common|completion)",
    "^complete(_all|_with_flags|_on_current_cpu)?$",
    // Work, timers, threads.
    "^kthread_(stop|park|unpark|queue_work|flush_work|cancel)", "^(__)?init_work$",
    "^_*(mod_|try_)?queue_(delayed_|rcu_)?work(_(on|node))?$", "^(work|timer)_is_static_object", "^insert_work",
    "^mod_delayed_work", "^_*(start_)?flush_(delayed_)?work$",
    "^_*(cancel|disable|enable)_(delayed_)?work", "try_to_grab_pending",
    "^_*(drain|destroy|flush)_workqueue$", "^irq_work_(queue|sync)",
    "^_*tasklet_(hi_)?(schedule|kill)", "^_*(del|add|mod)_timer", "try_to_del_timer",
    "^_*timer_(delete|shutdown|reduce)", "^lock_(hr)?timer_base", "^detach_(timer|if_pending)",
    "^sk_(stop|reset)_timer", "^_*hrtimer_(cancel|try_to_cancel|start|active)"};
// clang-format on

Families waiting_families() {
  return kWaitingFamilies;
}

}  // namespace kproof::console
