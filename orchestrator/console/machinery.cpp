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
      // Sanitizers, and what reports print and are printed by.
      "^__sanitizer", "^__asan", "kasan", "^__msan", "kmsan", "kcsan", "kfence", "ubsan", "^__tsan",
      "^__hwasan", "^hwasan", "check_memory_region", "^check_region_inline", "tag_check_fault",
      "^(__)?(read|write)_once", "^read_word_at_a_time$", "^load_unaligned_zeropad$",
      "^handle_overflow", "^val_to_string", "dump_(stack|backtrace)", "^walk_stackframe",
      "^unwind_backtrace", "^show_(stack|regs|trace)", "^arch_stack_walk", "^save_(stack|trace)",
      "^stack_trace_(save|consume)", "^stack_depot", "^set_track", "^print_", "printk", "^va_format",
      "^_?dev_(info|notice|warn|err|alert|crit|emerg)", "^netdev_(info|notice|warn|err)",
      "^(get|add)_taint", "^sched_show_task", "^hex_(string|dump|byte)", "^bin2hex",
      // The way from a fault or a WARN() to its report: x86, Arm, powerpc, s390, riscv.
      "panic", "^assertfail", "report_bug", "^fixup_bug", "^handle_bug", "^__bug", "^bug_handler",
      "^__warn", "^warn_(slowpath|alloc|bogus)", "^report_cfi_failure", "_trap$", "do_trap",
      "^exc_", "^asm_(exc_|sysvec|common)", "^invalid_op$", "^do_(error|invalid_op|int3|divide_error)",
      "^error_(entry|code)", "^retint_", "^double_fault", "^general_protection", "^page_fault",
      "^(__)?do_page_fault", "^do_(kern|user)_addr_fault", "^no_context$",
      "kernel_fault$", "^die(_addr)?$", "^__die", "^oops_(enter|exit|begin|end)",
      "^el1_(dbg|sync|irq|abort|64|h)", "^el1h_", "^do_(translation_fault|mem_abort|bad_area|undefinstr)",
      "^do_(sp_pc_abort|alignment_fault|tag_check|sea|DataAbort|PrefetchAbort)$", "^brk_handler",
      "^call_break_hook", "^do_debug_exception", "^program_check", "^bad_page_fault",
      "^(data|instruction)_access", "^interrupt_return", "^(__do_)?pgm_check",
      "^do_(protection|dat)_exception", "^monitor_event", "^illegal_op$", "^ret_fast_syscall_bug",
      "^__rela_dyn_start", "^rust_helper_BUG", "rust_begin_unwind",
      // Locks and their validator, and all that pins an object.
      "lockdep", "^perf_trace_", "lock_acquire", "lock_release", "lock_class", "__lock_is_held",
      "^mark_(lock|held|usage)", "^check_(noncircular|prev_add)", "^validate_chain",
      "^find_held_lock", "^reacquire_held_locks", "^raw_spin_rq", "rq_lock", "spin_lock",
      "spin_trylock", "spin_unlock", "raw_(read|write)_(try|un)?lock", "_write_lock$",
      "queued_(spin|read|write)_", "^do_raw_", "^pv_queued", "^pvqspinlock", "^spin_(dump|bug)",
      "^rwlock_bug", "^debug_spin", "^(__)?mutex_", "rt_mutex", "^(__)?rwbase", "^rwsem_",
      "^(__)?(down|up)(_|$)(read|write|trylock|interruptible|killable|timeout)?",
      "^percpu_(down|up)_", "^rt_(spin|read|write)_", "^owner_on_cpu", "^osq_(lock|unlock)",
      "(read|write)_seqcount", "seqprop_assert", "^lock_sock", "^release_sock", "^__lock_sock",
      "^folio_(lock|unlock|put|wait)", "^__folio_put", "^folios_put", "^(un)?lock_page",
      "^(__)?(put|get)_page$", "^refcount_", "^__refcount", "^kref_(get|put)", "^ref_tracker_",
      "^(arch_|raw_)?atomic(64|_long)?_(read|set|inc|dec|add|sub|and|or|xor|x?chg|cmpxchg|try|fetch)",
      "^_?atomic_dec_and_", "^instrument_", "^(test|set|clear|change)_and_(set|clear|change)_bit",
      "^(set|clear|test|change)_bit", "^(put|get)_device", "^iput", "^dput", "^fast_dput",
      "^(drop|inc|clear|set)_nlink", "^(read|write)_pnet",
      // Context: preemption, interrupts, RCU, time.
      "might_(sleep|fault|resched)", "^(__)?might_", "^(__?)?cond_resched", "^(___)?preempt_schedule",
      "^(__)?preempt_count", "^debug_smp_processor_id", "this_cpu_preempt", "^check_preemption",
      "^__local_bh", "^_?local_bh", "^in_lock_functions", "^trace_(hardirqs|softirqs|preempt)",
      "^(__)?irq_(enter|exit)", "^native_(save|restore|irq|safe|halt)", "^arch_local",
      "^(raw_)?local_irq", "^rcu_(read_lock|read_unlock|is_watching|lock_)", "^__rcu_read",
      "^rcu_note_context", "^srcu_|srcu_struct$", "^ktime_get", "^timekeeping_get",
      "^current_(time|kernel)", "^smp_call_function_call",
      "^entry_SYSCALL", "x64_sys_call", "ia32_sys_call",
      // Waiting, waking, deferring: work, timers, threads.
      "^schedule(_timeout|_preempt)?$", "^__schedule", "^schedule_timeout", "__wake_up",
      "^wake_up_(process|state|q|all)|^wake_up$", "^finish_wait$", "^prepare_to_wait",
      "^wait_for_(common|completion)", "^complete(_all)?$", "^kthread_(stop|park|queue_work)",
      "^__init_work", "^work_is_static_object", "queue_(delayed_)?work", "^insert_work",
      "^mod_delayed_work", "^(__|start_)?flush_work", "^(__)?cancel_(delayed_)?work",
      "try_to_grab_pending", "(drain|destroy|flush|__flush)_workqueue", "^(del|add|mod)_timer",
      "^__mod_timer", "try_to_del_timer", "^(__)?timer_delete", "^timer_is_static_object",
      "^lock_timer_base", "^detach_(timer|if_pending)", "sk_stop_timer",
      "^hrtimer_(cancel|try_to_cancel|start)",
      // Memory is allocated, freed, copied, cleared, compared; to user space and back too.
      "^(__|___)?k[mzcv]?v?[mzc]?alloc", "^__do_k[mr]e?alloc", "^krealloc", "^__do_krealloc", "^kmem_cache",
      "^__kmem_cache", "^kv?free", "^slab_", "^__slab_", "^___slab_",
      "^do_slab_free", "^allocate_slab", "^new_slab", "^alloc_slab_page", "^cache_(alloc|grow|free)",
      "^___?cache_free", "^slob_", "^__slob", "^(__)?vm_?alloc", "^vzalloc", "^vfree", "^vmalloc",
      "^(__)?alloc_(pages|frozen)", "^alloc_page", "^(__)?get_free_pages", "^get_zeroed_page",
      "^get_page_from_freelist", "^(__)?free_pages", "^free_unref", "^free_page_is_bad",
      "^free_(p?cp|hot_cold|one_page|tail)", "^(post_alloc|prep_new)", "^bad_(page$|range)",
      "^check_(new|free)_page", "^(__)?(filemap_(alloc|get)|folio_alloc|vma_alloc)_?(folio)?",
      "^pagecache_get_page", "^do_read_cache_", "^mempool_", "^__percpu_|^pcpu_", "should_fail",
      "^fail_dump", "^fault_create", "^__phys_addr", "memcpy", "memcmp", "^bcmp$", "memset", "memchr",
      "memmove", "memscan", "^rep_(movs|stos)", "^k?(mem|str|strn)dup", "^strndup_user",
      "^str(n?(cpy|cat|cmp|casecmp|len|str|chr)|r?chr|l(cpy|cat)|scpy|sep|p?spn|cspn|pbrk|im)(_|$)",
      "^strnchr", "^strncpy_from_user", "copy_(to|from|in)_user", "^_?_?copy_(to|from)_",
      "^(simple_)?copy_(to|from)_(user_)?iter", "^copy_page_(to|from)_iter", "^iterate_and_advance", "^_copy_",
      "^_?_?copy_user", "^(copyin|copyout)", "^raw_copy_", "^(__)?clear_user", "^(__)?(put|get)_user",
      "^csum_and_copy", "^fault_in_", "^iov_iter_fault", "usercopy", "^check_(heap|copy|object|stack)",
      "^__check_", "^__fortify", "^fortify_", "^__stack_chk_fail",
      // Containers, formatted output, arithmetic, checksums, ciphers: they do what they are told to.
      "^(__)?list_(add|del|move|replace|splice|cut|lru)", "^__list_", "^hlist_(add|del)", "^xas_",
      "^(__)?xa_", "^rb_(erase|insert|next|first|link)", "^__rb_", "^rhashtable_|^rht_|^__rhashtable",
      "^klist_", "^find_(lock_|get_)?entr", "^string$", "^string_(nocheck|escape)", "^pointer$",
      "^number$", "^format_decode", "^(v?s[cn]?n?|kas|kvas|kva?s)printf",
      "^(__)?bitmap_(and|or|xor|andnot|set|clear|weight|equal|zero|fill|copy|empty|full|parse|find)",
      "find_(first|next|last)_(zero_)?bit", "^(get|put)_unaligned", "^crc(16|32|64|_|t10dif|c)",
      "^__crc32", "^_?_?aes(ti|ni)?_", "^crypto_(cipher|skcipher|shash|ahash|aead|rng)_",
      "^cipher_crypt", "^drbg_", "^sha(1|256|512|3)_", "^md5_", "^(chacha|poly1305|blake2s|ghash)_",
      "^skb_(put|pull|push|put_data)$", "^__skb_(put|pull|push)", "^skb_(over_|under_)?panic$",
      // Registers of devices, and what a compiler puts in the way.
      "^io(read|write)(8|16|32|64)", "^(__raw_)?(read|write)[bwlq]$", "^__raw_(read|write)",
      "^(in|out)[bwl]$", "^_?inl_p", "^_?logic_(in|out)", "^_?indirect_thunk", "_indirect_thunk_",
      "^__x86_return_thunk", "^srso_", "^retbleed_",
      // Object debugging, and the driver core on the way out of a driver.
      "debug_object", "debug_print", "^debug_check_no_obj", "^__debug_", "^activate_(debug|object)",
      "^lookup_object", "^_*kobject", "^add_uevent_var", "^sysfs_", "^dpm_sysfs",
      "^device_(del|unregister|add|initialize|register|destroy)$", "_unregister$", "^tty_unregister",
      "^i2c_(del|add)_", "^unregister_netdev", "rollback_registered",
      "^usb_(control|bulk|interrupt)_msg", "^usb_start_wait_urb", "^usb_(kill|unlink|free)_urb",
      "^mark_buffer_dirty", "^truncate_(inode_pages|folio)"};
  // clang-format on
  return machinery.contains(function);
}

}  // namespace kproof::console
