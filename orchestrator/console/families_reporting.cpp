// What finds a fault, and what prints it.
#include "console/families.hpp"

namespace kproof::console {

// Tables to read by subject, not one word a line.
// clang-format off
static constexpr const char* kReportingFamilies[] = {
    // Sanitizers.
    "^__sanitizer", "^__asan", "^__msan", "^__tsan",
    "^(__pfx_|arch_|arm_|_)*kasan_(address|alloc|async|byte|cache|check|complete|copy|depopulate|die|disable|early|enable|end|find|free|get|has|init|is|kfree|kmalloc|krealloc|mem|mempool|metadata|multi|non|object|poison|populate|print|ptr|quarantine|random|record|release|report|requires|reset|restore|sample|save|set|shadow|slab|start|tag|unpoison|vrealloc)(_|$)",
    "page_kasan_tag", "^clear_highpage_kasan_tagged$", "^should_skip_kasan_",
    "^(__pfx_|arch_|_)*kmsan_(alloc|check|copy|disable|enable|enter|extra|free|get|handle|in|init|internal|ioremap|iounmap|kfree|kmalloc|leave|memmove|metadata|poison|print|record|report|save|set|setup|slab|task|unpoison|vmalloc|vmap|vunmap)(_|$)",
    "^_*kcsan_(atomic|begin|check|disable|enable|end|flat|found|ignore|is|mb|nestable|release|report|restore|rmb|save|scoped|set|setup|skip|wmb)(_|$)", "_kcsan_stack_depth$",
    "^_*(arch_|arm64_|is_)?kfence_(address|alloc|check|free|guarded|handle|init|ksize|obj|object|print|protect|report|shutdown|to|unprotect)(_|$)",
    "^__ubsan_handle_", "^(report|esr_is)_ubsan_", "^ubsan_(brk_handler|epilogue|prologue|type_mismatch_common)$",
    "^__hwasan", "^hwasan", "^check_memory_region$", "^check_region_inline",
    "^memory_is_poisoned", "tag_check_fault", "^debug_lockdep_rcu_enabled$", "^(start|end)_report$",
    "^check_(slab|page)_allocation$", "^(un)?poison_(slab_object|kmalloc_)", "^report_tag_fault$",
    "^(__)?(check|for_each)_canary", "^(__)?(read|write)_once", "^read_word_at_a_time$",
    "^load_unaligned_zeropad$",
    "^handle_(overflow|null_ptr_deref|misaligned_access|object_size_mismatch)", "^val_to_string",
    "^_*kmemleak_(alloc|clear|cond|disable|do|erase|free|ignore|load|no|not|open|scan|seq|transient|update|vmalloc|write)(_|$)", "^(__)?(create|delete|lookup|find_and_get|find_and_remove)_object(_full|_part)?$",
    // Printing.
    "^_*(kasan_|rcu_)?dump_(stack|backtrace)(_(lvl|log_lvl|entry|stm|print_info|set_arch_desc|trace))*$", "^_*show_(stack|regs|trace|opcodes|mem|free_areas)(_|$)",
    "cpu(mask)?_backtrace", "^walk_stackframe", "^unwind_backtrace", "^arch_stack_walk",
    "^save_(stack|trace)", "^stack_trace_(save|consume|print|snprint)", "^(stack_)?depot_",
    "^set_track(_|$)", "^print_", "^(_|dev_|netdev_|ibdev_|drm_dev_|wiphy_|_ldm_|warn_|trace_|trace_array_|ftrace_|early_|mmio_trace_|umip_|xen_raw_|acpi_handle_|seq_buf_do_|deferred_|virt_)*v?printk(_(emit|deferred|default|func|store|safe|sprint|once|ratelimit|index|\\w*flush\\w*))*$", "^va_format", "^_*sched_show_task",
    "^_?dev_(info|notice|warn|err|alert|crit|emerg)", "^netdev_(info|notice|warn|err)$",
    "^hex_(string|dump|byte)", "^bin2hex", "^_?(get|add|print|test)_taint",
    // BUG(), WARN(), assertions, and what compilers check.
    "^(__|nmi_|do_|rust_|rust_helper_|xmon_)?v?panic(_(on_\\w+|other_cpu|other_cpus_shutdown|print_sys_info|smp_self_stop|blink|fmt|nounwind\\w*|bounds_check|const\\w*|impl|display|str|str_2015|explicit))*$",
    "^check_panic_on_warn$", "panicking::", "^(fortify|skb_over|skb_under|skb)_panic$", "report_bug", "^fixup_bug", "^handle_(bug|invalid_op)",
    "^__bug", "^__warn(_printk|_thunk|_flushing_systemwide_wq)?$", "^warn_(slowpath(_common|_fmt|_fmt_taint|_null)?|alloc(_failed|_show_mem)?|bogus_irq_restore)$", "^__stack_chk_fail", "^_*fortify_(panic|report|strlen|memcpy_chk|memset_chk)$",
    "copy_overflow$", "^report_cfi_failure", "^__cfi_", "^rust_helper_BUG", "rust_begin_unwind",
    "(unwrap|expect)_failed", "^core::.*_fail$",
    // Traps and faults: x86, Arm, powerpc, s390, riscv, mips.
    "_trap$", "do_trap", "^exc_", "^asm_(exc_|sysvec|common|call_)", "^(invalid_op|divide_error)$",
    "^do_(error|invalid_op|int3|divide_error)(_|$)", "^error_(entry|code)", "^retint_",
    "^double_fault", "^(do_)?general_protection", "^(trace_|async_)*page_fault(_oops|$)",
    "^(do_|trace_|async_|hash_|_)*do_page_fault", "^do_async_page_fault", "^handle_page_fault$",
    "^do_(kern|user)_addr_fault", "^do_(kernel|user)_cp_fault$", "^no_context$", "kernel_fault$", "^die(_addr)?$", "^__die",
    "^oops_(enter|exit|begin|end)", "^el1_", "^el1[ht]_", "brk_handler",
    "^call_(el1_)?break_hook",
    "^do_(translation_fault|mem_abort|bad_area|undefinstr|bad|sect_fault|alignment)(_|$)",
    "^do_(sp_pc_abort|alignment_fault|tag_check|sea|DataAbort|PrefetchAbort)$", "^do_el1_",
    "^do_debug_exception", "^(arm64|arm)_notify_die", "^bug_handler", "^program_check",
    "^_*bad_page_fault", "^(data|instruction)_access", "^interrupt_return", "^_*(do_)?pgm_check",
    "^do_(protection|dat)_exception", "^monitor_event", "^illegal_op$", "^do_(ade|bp|ri|tr)$",
    "^ret_fast_syscall_bug", "^__irq_(svc|usr|invalid)$", "^entry_SYSCALL", "(x64|x32|ia32)_sys_call",
    // Faults that are injected on purpose.
    "should_fail", "^fail_dump", "^fault_create"};
// clang-format on

Families reporting_families() {
  return kReportingFamilies;
}

}  // namespace kproof::console
