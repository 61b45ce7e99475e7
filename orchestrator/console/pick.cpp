// Which of the frames that are no machinery is blamed.
#include <re2/re2.h>

#include "console/machinery.hpp"

namespace kproof::console {

using Names = std::vector<std::string>;

// Functions that dispatch work: what they called is the piece of work that loops.
static bool is_anchor(std::string_view function) {
  // A table to read, not one word a line.
  // clang-format off
  static const NameSet anchors{
      "^process_(one_work|scheduled_works)$",
      "(sys|SyS|SYSC)_(ioctl|readv?|writev?|pread(64|v2?)|pwrite(64|v2?))$",
      "(sys|SyS|SYSC)_(connect(_file)?|bind(_socket)?)$",
      "(sys|SyS|SYSC)_(sendfile(64)?|splice)$", "(sys|SyS|SYSC)_(set|get)sockopt$", "^do_sock_(set|get)sockopt$",
      "_compat_ioctl$",
      "^(__)?do_syscall(_|$)", "^do_fast_syscall", "^do_int80", "^sysenter_", "^tracesys_", "^el0_svc",
      "^invoke_syscall", "^ret_fast_syscall", "^(system_call|syscall_(common|handler)$)",
      "netif_receive_skb", "^do_softirq", "^__do_softirq", "^handle_softirqs", "^invoke_softirq",
      "^call_timer_fn", "_run_timers", "^run_timer_softirq", "^hrtimer_run", "^__hrtimer_run",
      "^run_ksoftirqd", "^smpboot_thread_fn", "^kthread$", "^start_secondary",
      "^cpu_startup_entry", "^ret_from_fork",
      "^vfs_(read|write|iter_write|iter_read|ioctl|readv|writev)", "^do_vfs_ioctl",
      "^__vfs_(read|write)", "^do_iter_", "^do_(loop_)?readv_writev", "^do_sendfile",
      "^new_sync_(read|write)", "^call_(read|write)_iter", "^(do_)?splice_direct_to_actor",
      "^(__)?sock_(sendmsg|recvmsg|read_iter|write_iter)", "^sock_common_(set|get)sockopt",
      "^kernel_(sendmsg|recvmsg)", "^tasklet_action", "^smp_call_function", "^on_each_cpu", "^irq_work_run",
      "^do_dentry_open", "^lookup_open", "^mount_fs",
      "^legacy_get_tree", "^rtnetlink_rcv", "^nfnetlink_rcv_msg", "^(__)?do_fault$",
      "^mmap_region", "^task_work_run", "^__fput$", "^napi_poll|^__napi_poll|^net_rx_action",
      "^handle_irq_event", "^__handle_irq", "^generic_handle_irq", "^drop_caches",
      "^call_usermodehelper", "^secondary_startup", "^rcu_(do_batch|core)"};
  // clang-format on
  return anchors.contains(function);
}

bool is_syscall(std::string_view function) {
  static const NameSet calls{
      "^(__|se_|do_|x64_|x32_|ia32_|arm64_|s390x?_|riscv_|powerpc_|compat_)*(sys|SyS|SYSC)_"};
  return calls.contains(function);
}

bool is_dispatcher(std::string_view function) {
  // clang-format off
  static const NameSet dispatchers{
      // The kernel's way in and out, for a system call or an interrupt.
      "^syscall_(exit|enter)_", "^exit_to_user", "^entry_", "^ret_from_",
      "^__irq_svc$", "^(sysvec_)?common_interrupt", "^el[01]t?_", "^irqentry_", "^asm_",
      "^(generic_)?handle_(domain_|level_|edge_|fasteoi_|percpu_)*irq", "^gic_handle_irq", "^do_IRQ$", "^task_work_run$", "^get_signal$",
      // Boot.
      "^kernel_init(_freeable)?$", "^do_(one_initcall|initcalls|initcall_level|basic_setup)$", "^rest_init$", "^start_kernel$",
      "^async_run_entry_fn$",
      // A driver's probe(), and a module's init().
      "^do_init_module$", "^load_module$", "^(really|__driver|driver|bus|platform|platform_drv|pci_device|local_pci|virtio_dev|i2c_device|usb|auxiliary_bus)_probe(_device|_interface)?$", "^bus_(probe_device|for_each_(dev|drv)|add_driver)$",
      "^_*(driver|device)_attach(_driver|_async_helper)?$", "^_*(pci_|usb_|platform_)?(driver_register|register_driver)$", "^deferred_probe_work_func$",
      // Files that a driver stands behind.
      "^kernfs_(fop_(read|write)(_iter)?|seq_show)$", "^(dev|device|class|bus|drv|kobj|module|param)_attr_(show|store)$", "^sysfs_kf_",
      "^(debugfs_attr|simple_attr)_(read|write)(_xsigned)?$", "^full_proxy_(read|write|unlocked_ioctl)$", "^configfs_(read|write)_(iter|file)$",
      "^pde_|^proc_reg_(read|write|mmap|poll|unlocked_ioctl|compat_ioctl)(_iter)?$", "^proc_sys_(call_handler|read|write)$", "^seq_read(_iter)?$", "^vfs_(fallocate|fsync(_range)?)$",
      // Requests on their way to a block driver.
      "^_*blk_mq_(run_work_fn|run_hw_queues?|(do_)?(sched_)?dispatch_(rq_list|requests|sched|plug_list)|(try_)?(request_)?issue_directly|issue_direct|delay_run_hw_queue|flush_plug_list|submit_bio|requeue_work)$",
      "^_*submit_bio(_noacct|_wait|_noacct_nocheck)?$", "^_*blk_(flush_plug(_list)?|finish_plug)$", "^(loop|wb|bdi_writeback)_workfn$", "^btrfs_work_helper$",
      // The main function of a thread of the kernel's.
      "^(kswapd|khugepaged|kcompactd|ksoftirqd|kthreadd|kjournald2|xfsaild|rcu_gp_kthread|rcu_nocb_(cb|gp)_kthread|scsi_error_handler|virtio_fs_worker)$",
      "^bpf_trampoline_",
      // Threads.
      "^irq_(thread|thread_fn|forced_thread_fn)$", "^kthread(_worker_fn)?$", "^(worker|rescuer)_thread$",
      "^vhost_(task_fn|worker|run_work_list)$", "^io_(wq_worker|wqe_worker|worker_handle_work|sq_thread)$", "^kvm_vm_worker_thread$",
      "^cpu_stopper_thread$", "^smpboot_thread_fn$", "^kunit_(generic_run_threadfn_adapter|try_run_case|try_catch_run)$",
      // Idle, from where an interrupt came.
      "^do_idle$", "^cpu_idle(_loop)?$", "^cpu_startup_entry$", "^cpuidle_", "^default_idle",
      // Messages to a protocol's operations.
      "^netlink_(sendmsg|unicast|rcv_skb)$", "^genl_(rcv|rcv_msg|family_rcv_msg(_doit)?)$", "^rtnetlink_rcv(_msg)?$",
      "^nfnetlink_rcv", "^smp_call_function", "^on_each_cpu", "^do_sock_(set|get)sockopt$", "^sock_(ioctl|sendmsg|recvmsg)", "^process_(backlog|one_work|scheduled_works)$", "^napi_threaded_poll(_loop)?$"};
  // clang-format on
  return is_syscall(function) || dispatchers.contains(function);
}

// One name for a system call on every architecture, as the community has it: "__x64_sys_futex" is
// "sys_futex"; wrappers that old kernels and compilers generate lose their whole prefix.
static Culprit with_plain_name(const std::string& function) {
  static const RE2 of_architecture(
      R"(^__(?:x64|x32|ia32|ia32_compat|arm64|arm64_compat|s390|s390x|riscv|powerpc)_(?:compat_)?(sys_\w+)$)");
  static const RE2 wrapper(R"(^(?:compat_)?(?:SyS|SYSC|C_SYSC)_(\w+)$)");
  static const RE2 generated(R"(^__se_sys_(\w+)$)");
  std::string plain;
  if (RE2::FullMatch(function, generated, &plain))
    return {.frame = plain, .also = {function, "sys_" + plain}};
  if (RE2::FullMatch(function, of_architecture, &plain) ||
      RE2::FullMatch(function, wrapper, &plain))
    return {.frame = plain, .also = {function}};
  return {.frame = function};
}

// What called a system call, whatever it is called: the anchors that are machinery are gone.
static bool is_way_in(std::string_view frame, std::string_view below) {
  return is_dispatcher(frame) && !is_syscall(frame) && is_syscall(below);
}

static Culprit pick_stall(const Names& frames) {
  const std::string* below = frames.empty() ? nullptr : &frames.front();
  for (const std::string& frame : frames) {
    if (frame.starts_with("smp_call_function")) {
      if (frame == "smp_call_function") return {.frame = frame};
      return {.frame = "smp_call_function", .also = {frame}};
    }
    if (is_anchor(frame) || is_way_in(frame, *below)) return with_plain_name(*below);
    below = &frame;
  }
  // Up to 4.16 nothing but assembler calls a system call on x86, and that is machinery.
  return below && is_syscall(*below) ? with_plain_name(*below) : Culprit{};
}

// Tasks all over the kernel wait for a grace period, or for the one RTNL: one bucket each.
static Culprit pick_common_wait(const Names& frames) {
  static const RE2 grace(R"(synchronize_(s?rcu|net|sched)\w*)");
  for (const std::string& frame : frames) {
    if (frame.starts_with("rtnl_lock")) return {.frame = frame};
    if (!RE2::FullMatch(frame, grace)) continue;
    if (frame == "synchronize_rcu") return {.frame = frame};
    return {.frame = "synchronize_rcu", .also = {frame}};
  }
  return {};
}

// In the community's words.
static bool is_wait_by_name(const std::string& function) {
  static const RE2 waits(
      "sched|_lock|_slowlock|down|rwsem|completion|kthread|wait|synchronize|context_switch|"
      "__switch_to|cancel_delayed_work|rcu_barrier");
  return RE2::PartialMatch(function, waits);
}

// Machinery is out already: a name that merely sounds like it, as foo_spin_lock_bar() does, is of
// no wait.
static Culprit pick_hung(const Names& frames) {
  if (Culprit common = pick_common_wait(frames); !common.frame.empty()) return common;
  for (const std::string& frame : frames)
    if (sounds_like_machinery(frame) || !is_wait_by_name(frame)) return with_plain_name(frame);
  return {};
}

static Culprit pick(const Names& frames, Pick pick) {
  if (pick == Pick::stall) return pick_stall(frames);
  if (pick == Pick::hung) return pick_hung(frames);
  return frames.empty() ? Culprit{} : with_plain_name(frames.front());
}

Culprit pick_frame(const std::vector<Frame>& frames, Pick how) {
  Names all, sure;
  for (const Frame& frame : frames) {
    all.push_back(frame.name);
    if (!frame.sounds) sure.push_back(frame.name);
  }
  Culprit blame = pick(sure, how);
  blame.own = all.size() == sure.size() ? blame.frame : pick(all, how).frame;
  return blame;
}

}  // namespace kproof::console
