#include "console/machinery.hpp"

#include <doctest/doctest.h>

using kproof::console::Frame;
using kproof::console::is_dispatcher;
using kproof::console::is_machinery;
using kproof::console::Pick;
using kproof::console::pick_frame;
using kproof::console::sounds_like_machinery;

TEST_CASE("what prints a report, and the way from a trap to it, is never blamed") {
  for (const char* name : {"kasan_report",
                           "__asan_report_load8_noabort",
                           "dump_backtrace",
                           "print_report",
                           "end_report",
                           "nmi_cpu_backtrace",
                           "__warn_printk",
                           "exc_invalid_op",
                           "asm_exc_page_fault",
                           "do_error_trap",
                           "el1h_64_sync_handler",
                           "bug_brk_handler",
                           "do_el1_undef",
                           "do_mem_abort",
                           "___do_page_fault",
                           "btrfs_assertfail",
                           "core::option::unwrap_failed",
                           "x64_sys_call",
                           "check_slab_allocation",
                           "do_kernel_cp_fault",
                           "__pgm_check_handler"})
    CHECK_MESSAGE(is_machinery(name), name);
}

TEST_CASE("locks, references and waits are passed over as whole families") {
  for (const char* name : {"__lock_acquire",
                           "assign_lock_key",
                           "check_irq_usage",
                           "lock_is_held_type",
                           "mutex_lock",
                           "__ww_mutex_lock",
                           "rtlock_slowlock",
                           "down_write_killable",
                           "___down_common",
                           "downgrade_write",
                           "percpu_rwsem_wait",
                           "_raw_spin_lock_irqsave",
                           "queued_read_lock_slowpath",
                           "kref_put",
                           "refcount_warn_saturate",
                           "put_device",
                           "fast_dput",
                           "__flush_work",
                           "touch_wq_lockdep_map",
                           "irq_work_queue",
                           "timer_delete_sync",
                           "lock_hrtimer_base",
                           "sk_reset_timer",
                           "prepare_to_swait_event",
                           "__cond_resched",
                           "test_and_set_bit"})
    CHECK_MESSAGE(is_machinery(name), name);
}

TEST_CASE("what works on memory that it is handed is passed over") {
  for (const char* name : {"devm_kmalloc",
                           "kvfree",
                           "__kfree_skb",
                           "__free_slab",
                           "discard_slab",
                           "free_large_kmalloc",
                           "__alloc_frozen_pages_noprof",
                           "free_frozen_pages",
                           "__pi_strlen",
                           "mmioset",
                           "rep_stos_alternative",
                           "_copy_from_iter",
                           "__get_user_nocheck_4",
                           "seq_printf",
                           "ip6_addr_string_sa",
                           "simple_strtoull",
                           "plist_del",
                           "xas_find",
                           "ida_free",
                           "rb_first",
                           "__bitmap_weight",
                           "crc_itu_t",
                           "aesti_encrypt",
                           "crypto_ecb_encrypt",
                           "cbc_decrypt",
                           "aead_setkey",
                           "skb_pull",
                           "bstr_printf",
                           "devm_kasprintf",
                           "__sw_hweight64",
                           "copy_struct_from_user"})
    CHECK_MESSAGE(is_machinery(name), name);
}

// Names that hold such a word, and functions of the core that are found at fault.
TEST_CASE("what a driver calls to come and go is passed over, and who listens to it is not") {
  for (const char* name :
       {"device_release", "devres_release_all", "device_remove_file", "cdev_device_del",
        "__unregister_client", "unregister_netdevice_many_notify", "usb_submit_urb",
        "usb_hcd_submit_urb", "dummy_urb_enqueue", "usb_kill_anchored_urbs"})
    CHECK_MESSAGE(is_machinery(name), name);
  for (const char* name :
       {"unregister_netdevice_notifier", "video_unregister_device", "usb_device_add_all"})
    CHECK_FALSE_MESSAGE(is_machinery(name), name);
}

TEST_CASE("what only sounds like machinery is blamed") {
  for (const char* name : {"__check_block_validity",
                           "rfkill_unregister",
                           "video_usercopy",
                           "get_user_pages_fast",
                           "get_device_info",
                           "do_raw_setsockopt",
                           "rht_deferred_worker",
                           "slab_build_skb",
                           "srcu_invoke_callbacks",
                           "pte_list_add",
                           "consume_skb",
                           "timerqueue_del",
                           "iov_iter_advance",
                           "try_to_wake_up",
                           "remove_wait_queue",
                           "fs_reclaim_acquire",
                           "check_flush_dependency",
                           "kernfs_remove_by_name_ns",
                           "truncate_inode_partial_page",
                           "unwind_next_frame"})
    CHECK_MESSAGE(!is_machinery(name), name);
}

// mm/kasan/kasan_test_c.c, mm/kmsan/kmsan_test.c, lib/ and locktorture: what they are named after
// is what they test.
TEST_CASE("the kernel's own tests are blamed, and the community passes over them") {
  for (const char* name : {"kmem_cache_oob",
                           "kmem_cache_accounted",
                           "kmem_cache_bulk",
                           "kmem_cache_double_free",
                           "kmem_cache_invalid_free",
                           "kmem_cache_double_destroy",
                           "kmem_cache_rcu_uaf",
                           "mempool_oob_right_helper",
                           "mempool_kmalloc_oob_right",
                           "mempool_kmalloc_large_uaf",
                           "mempool_slab_uaf",
                           "mempool_page_alloc_double_free",
                           "mempool_kmalloc_invalid_free_helper",
                           "kasan_global_oob_left",
                           "kasan_stack_oob",
                           "kasan_alloca_oob_right",
                           "kasan_memchr",
                           "kasan_memcmp",
                           "kasan_strings",
                           "kasan_bitops_generic",
                           "kasan_atomics_helper",
                           "vmalloc_helpers_tags",
                           "vmalloc_oob",
                           "copy_to_kernel_nofault_oob",
                           "kmemleak_test_init",
                           "test_printk",
                           "test_init_kmsan_vmap_vunmap",
                           "fortify_test_strlen",
                           "usercopy_test_invalid",
                           "strscpy_check",
                           "siphash_test",
                           "ww_mutex_test",
                           "rt_mutex_torture",
                           "rwsem_ABBA1"}) {
    CHECK_FALSE_MESSAGE(is_machinery(name), name);
    CHECK_MESSAGE(sounds_like_machinery(name), name);
  }
}

TEST_CASE("what a driver names after a family of the core is blamed") {
  for (const char* name : {"mutex_zork", "down_zork", "refcount_zork", "kref_put_zork",
                           "strcpy_zork", "dump_stack_zork", "kasan_zork", "mempool_zork",
                           "warn_slowpath_zork", "kfree_rcu_tester", "list_add_zork"})
    CHECK_FALSE_MESSAGE(is_machinery(name), name);
  for (const char* name : {"print_zork", "lock_chain_zork", "do_trap_zork"})
    CHECK_FALSE_MESSAGE(is_machinery(name, true), name);
}

TEST_CASE("small functions of the core that were copied into a module are passed over there, too") {
  for (const char* name : {"kref_put", "refcount_inc", "rcu_read_unlock", "list_del", "test_bit",
                           "atomic_dec_and_test", "copy_from_user", "kzalloc", "get_page",
                           "spin_lock", "cond_resched", "dput"})
    CHECK_MESSAGE(is_machinery(name, true), name);
  for (const char* name :
       {"usb_submit_urb", "crypto_shash_update", "aesti_encrypt", "assfail", "i2c_del_adapter"})
    CHECK_MESSAGE(is_machinery(name, true), name);
}

static kproof::console::Culprit stall_in(std::initializer_list<const char*> names) {
  std::vector<Frame> frames;
  for (const char* name : names)
    frames.push_back({name, sounds_like_machinery(name)});
  return pick_frame(frames, Pick::stall);
}

TEST_CASE("a stall is blamed on what a dispatcher called, or on nobody") {
  CHECK(stall_in({"fib_lookup", "ip_rcv", "__netif_receive_skb_core", "process_backlog"}).frame ==
        "ip_rcv");
  CHECK(stall_in({"gc_step", "gc_worker", "process_scheduled_works", "worker_thread"}).frame ==
        "gc_worker");
  CHECK(stall_in({"poll_loop", "my_thread", "kthread"}).frame == "my_thread");
  CHECK(stall_in({"default_idle_call", "do_idle", "cpu_startup_entry"}).frame == "do_idle");
  CHECK(stall_in({"step_into", "path_openat", "__x64_sys_openat", "do_syscall_64"}).frame ==
        "sys_openat");
  CHECK(stall_in({"inet_bind", "__sys_bind", "__x64_sys_bind", "do_syscall_64"}).frame ==
        "inet_bind");
  CHECK(stall_in({"cm_connect", "__sys_connect_file", "__sys_connect", "do_syscall_64"}).frame ==
        "cm_connect");
  CHECK(stall_in({"packet_setsockopt", "do_sock_setsockopt", "__sys_setsockopt", "do_syscall_64"})
            .frame == "packet_setsockopt");
  CHECK(stall_in({"spin", "__s390x_sys_madvise", "__do_syscall", "system_call"}).frame ==
        "sys_madvise");
  CHECK(stall_in({"mark_wake_futex", "futex_wake", "do_futex", "SyS_futex"}).frame == "futex");
  CHECK(stall_in({"zap_loop", "__riscv_sys_munmap", "ret_from_exception"}).frame == "sys_munmap");
  CHECK(stall_in({"nowhere", "known"}).frame.empty());
}

TEST_CASE("layers between a system call or a worker and a driver hand work on") {
  for (const char* name : {"dev_attr_store",
                           "kernfs_fop_write_iter",
                           "debugfs_attr_write",
                           "simple_attr_write",
                           "configfs_write_iter",
                           "proc_reg_write",
                           "seq_read_iter",
                           "vfs_fallocate",
                           "vfs_fsync_range",
                           "blk_mq_run_work_fn",
                           "__blk_mq_sched_dispatch_requests",
                           "blk_mq_dispatch_rq_list",
                           "loop_workfn",
                           "wb_workfn",
                           "bdi_writeback_workfn",
                           "btrfs_work_helper",
                           "napi_threaded_poll_loop",
                           "do_init_module",
                           "driver_attach",
                           "__device_attach_driver",
                           "bus_probe_device",
                           "really_probe",
                           "pci_device_probe",
                           "bpf_trampoline_1",
                           "kswapd",
                           "khugepaged",
                           "rcu_gp_kthread",
                           "async_run_entry_fn"})
    CHECK_MESSAGE(is_dispatcher(name), name);
  for (const char* name : {"zork_probe", "kswapd_zork", "nvme_queue_rq", "loop_clear_limits",
                           "blk_mq_free_request", "driver_zork_attach"})
    CHECK_FALSE_MESSAGE(is_dispatcher(name), name);
}

TEST_CASE("who asks a hypervisor or firmware is blamed, not the instruction that asks") {
  for (const char* name : {"plpar_hcall_norets_notrace", "plpar_pte_protect", "__arm_smccc_smc",
                           "hv_do_hypercall", "opal_call", "__sbi_ecall"})
    CHECK_MESSAGE(is_machinery(name), name);
  for (const char* name : {"pSeries_lpar_hpte_removebolted", "hv_post_message", "opal_flash_write"})
    CHECK_MESSAGE(!is_machinery(name), name);
}

TEST_CASE(
    "a name that only holds a word of machinery is blamed, and the community passes over it") {
  for (const char* name : {"kmalloc_oob_right", "panic_test_init", "kfree_via_page",
                           "krealloc_more_oob", "nfs4_lock_release", "my_memcpy_check",
                           "start_mutex_test", "xprt_queue_work", "zork_alloc_pages_slow"}) {
    CHECK_MESSAGE(!is_machinery(name), name);
  }
  for (const char* name : {"kmalloc_oob_right", "panic_test_init", "zork_printk_all"})
    CHECK_MESSAGE(sounds_like_machinery(name), name);
  const kproof::console::Culprit blame =
      pick_frame({{"kmalloc_oob_right", true}, {"do_one_initcall", false}}, Pick::first);
  CHECK(blame.own == "kmalloc_oob_right");
  CHECK(blame.frame == "do_one_initcall");
}

TEST_CASE("functions of mm and KVM that sound like allocators and locks are blamed") {
  for (const char* name :
       {"folio_lock_anon_vma_read", "folio_putback_lru", "page_fault_can_be_fast",
        "free_pages_and_swap_cache", "prep_new_hugetlb_folio", "folio_alloc_swap",
        "copy_user_gigantic_page", "drop_spte"})
    CHECK_MESSAGE(!is_machinery(name), name);
}
