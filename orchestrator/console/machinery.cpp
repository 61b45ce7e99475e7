#include "console/machinery.hpp"

#include <stdexcept>

#include <re2/re2.h>

namespace kproof::console {

NameSet::NameSet(std::initializer_list<const char*> expressions)
    : set_(RE2::DefaultOptions, RE2::UNANCHORED) {
  std::string error;
  for (const char* expression : expressions)
    if (set_.Add(expression, &error) < 0) throw std::logic_error(error);
  set_.Compile();
}

bool NameSet::contains(std::string_view name) const {
  return set_.Match(re2::StringPiece(name.data(), name.size()), nullptr);
}

bool is_machinery(std::string_view function) {
  // A table to read by subject, not one word a line.
  // clang-format off
  static const NameSet machinery{
      // Printing of reports and the traps that lead there.
      "^__sanitizer", "^__asan", "kasan", "^__msan", "kmsan", "kcsan", "kfence", "ubsan", "^__tsan",
      "check_memory_region", "^check_region_inline", "print_address_description", "^print_report$",
      "dump_(stack|backtrace)", "^walk_stackframe", "^unwind_backtrace", "^show_(stack|regs|trace)",
      "panic", "^invalid_op$", "report_bug", "^fixup_bug", "^do_error", "_trap$", "do_trap",
      "^exc_", "^asm_exc_", "^handle_bug", "^__warn", "^warn_slowpath", "^program_check",
      "^do_invalid_op", "^bug_handler", "^brk_handler", "^call_break_hook", "^do_debug_exception",
      "^el1_(dbg|sync|irq|64|h)", "^el1h_", "^__bug", "print_usage_bug",
      "^mark_(held|usage)", "^print_circular", "^check_noncircular",
      "^print_(deadlock|irq|unlock|lock)", "^mark_lock", "^validate_chain", "^check_prev_add",
      "^stack_trace_(save|consume)", "^save_stack", "^save_trace", "^stack_depot",
      "^arch_stack_walk", "^set_track", "^unwind_next_frame$", "^(__)?warn_printk", "^reject_",
      "^ret_fast_syscall_bug", "^__read_once", "^__write_once", "^read_word_at_a_time$",
      "^load_unaligned_zeropad$",
      // Lock validator and locks.
      "lockdep", "^perf_trace_lock", "lock_acquire", "lock_release", "lock_class", "__lock_is_held",
      "^raw_spin_rq", "spin_lock", "spin_trylock", "spin_unlock", "raw_read_lock", "raw_read_trylock",
      "raw_write_lock", "raw_write_trylock", "raw_read_unlock", "raw_write_unlock",
      "^(__)?down_(read|write|trylock|interruptible|killable)", "^(__)?up_(read|write)", "^down$",
      "^up$", "^(__)?mutex_", "^(__)?rt_mutex_", "^owner_on_cpu", "^osq_(lock|unlock)", "^rwsem_",
      "^(__)?rwbase", "^rt_(spin|read|write)_", "queued_(spin|read|write)_", "^debug_spin",
      "debug_object", "^debug_check_no_obj", "^__debug_", "^do_raw_", "^pv_queued", "^pvqspinlock",
      "^reacquire_held_locks", "^refcount_", "^__refcount", "^kref_(get|put)", "^atomic",
      "^arch_atomic", "^raw_atomic", "^instrument_", "(read|write)_seqcount", "seqprop_assert",
      "^(test|set|clear|change)_and_(set|clear|change)_bit", "^(set|clear|test|change)_bit",
      "^(__)?bitmap_", "_find_(first|next)_bit",
      // Memory and strings.
      "^filemap_alloc_folio", "^(__)?filemap_get_folio", "^pagecache_get_page",
      "memcpy", "memcmp", "memset", "memchr", "memmove", "memscan", "^strcmp", "^strn?cpy",
      "^strlcpy", "^strscpy", "^strn?len", "^strn?str$", "^strr?chr", "^strcat", "^strn?cmp",
      "^strn?casecmp", "^strlcat", "^strncat", "^kstrdup", "^kmemdup", "^kstrndup", "^memdup",
      "^strndup_user", "copy_(to|from|in)_user", "^_?_?copy_(to|from)_", "^_copy_", "^copyin",
      "^copyout", "^copy_(to|from)_iter", "^copy_page_(to|from)_iter", "^_?_?copy_user",
      "^copy_user_", "^(__)?(put|get)_user", "^csum_(and_copy|partial)", "^might_(fault|sleep)",
      "^(__)?might_", "^fault_in_", "^iov_iter_fault", "^check_(heap|copy|object|stack)",
      "usercopy", "^rep_movs", "^k[mzcv]?v?alloc", "^__k[mzc]?v?alloc", "^__do_kmalloc",
      "^krealloc", "^__do_krealloc", "^kmem_cache", "^kvm?alloc", "^kv?free", "^__kvm?alloc",
      "^kvzalloc", "^kfree_?", "^__kmem_cache", "^slab_", "^__slab_", "^___slab_", "^allocate_slab",
      "^new_slab", "^cache_(alloc|grow|free)", "^___?cache_free", "^vm_?alloc", "^__vmalloc",
      "^vzalloc", "^vfree", "^vmalloc", "^(__)?alloc_pages", "^__alloc_frozen", "^alloc_frozen",
      "^alloc_pages", "^get_free_pages", "^__get_free_pages", "^get_page_from_freelist",
      "^free_pages", "^__free_pages", "^free_unref", "^(__)?folio_alloc", "^vma_alloc_folio",
      "^get_zeroed_page", "^page_to_", "^mempool_", "^do_slab_free", "^prep_new_page",
      "^post_alloc_hook", "^alloc_slab_page", "^bad_page$", "^check_(new|free)_page",
      "^free_(p?cp|hot_cold|one_page|tail)", "^bad_range", "^__percpu_|^pcpu_", "^fs_reclaim",
      "^should_fail", "^fail_dump", "^fault_create", "^should_failslab", "^slob_", "^__slob",
      // Lists, formatted output, and other small tools.
      "^(__)?list_(add|del|move|replace|splice|cut|lru)", "^__list_", "^hlist_(add|del)",
      "^_?indirect_thunk", "_indirect_thunk_", "^__x86_return_thunk", "^srso_", "^retbleed_",
      "^string$", "^string_nocheck", "^pointer$", "^number$", "^format_decode",
      "^(v?s[cn]?n?|kas|kvas)printf", "^v?snprintf", "^v?scnprintf", "^v?sprintf", "^kv?asprintf",
      "printk", "^va_format", "^_?dev_(info|notice|warn|err|alert|crit|emerg)",
      "^netdev_(info|notice|warn|err)", "^preempt_(schedule|count)", "^(__)?preempt_count",
      "^debug_smp_processor_id", "^check_preemption",
      "^rcu_(read_lock|read_unlock|is_watching|lock_)", "^__rcu_read", "^rcu_note_context",
      "^__local_bh", "^local_bh", "^_local_bh", "^in_lock_functions",
      "^trace_(hardirqs|softirqs|preempt)", "^irq_(enter|exit)", "^__irq_exit",
      "^native_(save|restore|irq|safe|halt)", "^arch_local", "^(raw_)?local_irq", "^ktime_get",
      "^timekeeping_get", "^current_(time|kernel)", "^percpu_ref_", "^kthread$",
      "^ret_from_(fork|kernel)", "^entry_SYSCALL", "^io(read|write)(8|16|32|64)",
      "^(read|write)[bwlq]$", "^__raw_(read|write)", "^in[bwl]$|^out[bwl]$", "^_?inl_p",
      "^(read|write)_pnet", "^find_held_lock", "^hlock_class", "^get_unaligned", "^put_unaligned",
      "^__fortify", "^fortify_", "^__ubsan", "^handle_overflow", "^val_to_string",
      "^activate_(debug|object)", "^timer_is_static_object", "^work_is_static_object",
      "^__init_work", "^lookup_object", "^xas_", "^xa_", "^__xa_", "^radix_tree", "^idr_", "^ida_",
      "^mas_", "^mtree_", "^rb_(erase|insert|next|first|link)", "^__rb_",
      "^rhashtable_|^rht_|^__rhashtable", "^__flush_work", "^flush_work", "^cancel_(delayed_)?work",
      "^__cancel_work", "^start_flush_work", "^insert_work", "^__queue_work", "^queue_work_on",
      "^queue_delayed_work", "^mod_delayed_work", "^schedule(_timeout|_preempt)?$", "^__schedule",
      "^fpregs_", "^do_(page_fault|kern_addr_fault|user_addr_fault)", "^page_fault",
      "^__do_page_fault", "^do_translation_fault", "^do_mem_abort", "^do_bad_area",
      "^die(_kernel_fault|_addr)?$", "^__die", "^oops_(enter|exit|begin|end)", "^no_context$",
      "^page_fault_oops", "^general_protection", "^error_(entry|code)", "^double_fault",
      "^asm_(sysvec|common)",
      // Small steps that many kinds of misuse pass through.
      "might_(sleep|fault|resched)", "debug_print_object", "^print_", "^spin_(dump|bug)",
      "this_cpu_preempt", "^rwlock_bug", "rq_lock", "^perf_trace_", "^__rela_dyn_start",
      "_unregister$", "^device_destroy", "^tty_unregister", "^sysfs_", "^dpm_sysfs",
      "^i2c_(del|add)_", "try_to_grab_pending", "^sched_show_task", "^___kmalloc",
      "try_to_del_timer", "^(put|get)_device", "tag_check_fault", "^_*kobject", "_write_lock$",
      "rt_mutex", "^el1_abort", "aes(ti)?_", "sk_stop_timer", "x64_sys_call", "^cipher_crypt",
      "^crypto_(cipher|skcipher|shash|ahash)_", "ia32_sys_call", "^do_read_cache_",
      "^truncate_(inode_pages|folio)", "^__check_", "^check_copy_size", "^__stack_chk_fail",
      "^hex_(string|dump|byte)", "^bin2hex", "__wake_up",
      "^wake_up_(process|state|q|all)|^wake_up$", "^finish_wait$", "^prepare_to_wait", "^wait_for_",
      "^complete(_all)?$", "^kthread_(stop|park|queue_work)", "^(del|add|mod)_timer",
      "^__mod_timer", "^lock_timer_base", "^timer_delete", "^__timer_delete", "^detach_",
      "^hrtimer_(cancel|try_to_cancel|start)", "^try_to_del_timer",
      "^skb_(put|pull|push|put_data)$", "^__skb_(put|pull|push)", "^skb_copy_(bits|to|from)",
      "^kobject_", "^klist_", "^device_(del|unregister|add|initialize|register)$",
      "^sysfs_(create|remove|add|warn)", "^internal_create_group",
      "^usb_(control|bulk|interrupt)_msg", "^usb_start_wait_urb", "^usb_(kill|unlink|free)_urb",
      "(drain|destroy|flush|__flush)_workqueue", "queue_(delayed_)?work", "^lock_sock",
      "^release_sock", "^__lock_sock", "^_?logic_(in|out)", "^(__)?do_kernel_fault",
      "^_atomic_dec_and_", "^atomic_dec_and", "^iput", "^dput", "^fast_dput",
      "^(drop|inc|clear|set)_nlink", "^mark_buffer_dirty", "^folio_(lock|unlock|put|wait)",
      "^folios_put", "^__folio_put", "^put_page", "^get_page", "^__put_page", "^unlock_page",
      "^ref_tracker_", "^assertfail", "^__phys_addr", "^srcu_|srcu_struct$",
      "^crc(16|32|64|_|t10dif|c)", "^__crc32", "^add_uevent_var", "^kobject_uevent",
      "rollback_registered", "^unregister_netdev", "^alloc_page", "^get_taint|^print_taint",
      "^free_page_is_bad", "^(__?)?cond_resched", "^schedule_timeout", "^___preempt_schedule",
      "^retint_", "^add_taint", "^warn_alloc",
      "^find_(lock_)?entries|^find_get_entr|^find_lock_entries", "^smp_call_function_call",
      "^__hwasan_check", "^hwasan", "kernel_fault$", "^rust_helper_BUG", "rust_begin_unwind",
      "rust_panic", "panicking", "^string_escape", "^skb_(panic|over_panic|under_panic)$",
      "^rust_begin_unwind", "^core::panicking"};
  // clang-format on
  return machinery.contains(function);
}

}  // namespace kproof::console
