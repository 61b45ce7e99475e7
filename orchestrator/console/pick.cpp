// Which of the frames that are no machinery is blamed.
#include <re2/re2.h>

#include "console/machinery.hpp"

namespace kproof::console {

// Functions that dispatch work: what they called is the piece of work that loops.
static bool is_dispatcher(std::string_view function) {
  // A table to read, not one word a line.
  // clang-format off
  static const NameSet dispatchers{
      "^process_(one_work|scheduled_works)$",
      "(sys|SyS|SYSC)_(ioctl|readv?|writev?|pread(64|v2?)|pwrite(64|v2?))$",
      "(sys|SyS|SYSC)_(connect(_file)?|bind(_socket)?)$",
      "(sys|SyS|SYSC)_(sendfile(64)?|splice)$",
      "_compat_ioctl$",
      "^(__)?do_syscall(_|$)", "^do_fast_syscall", "^do_int80", "^sysenter_", "^tracesys_", "^el0_svc",
      "^invoke_syscall", "^ret_fast_syscall", "^(system_call|syscall_(common|handler)$)", "^do_trap_ecall_u$", "^entry_SYSCALL",
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
  return dispatchers.contains(function);
}

// One name for a system call on every architecture, as the community has it: "__x64_sys_futex" is
// "sys_futex"; wrappers that old kernels and compilers generate lose their whole prefix.
static Blame with_plain_name(const std::string& function) {
  static const RE2 of_architecture(
      R"(^__(?:x64|x32|ia32|ia32_compat|arm64|arm64_compat|s390|s390x|riscv|powerpc)_(?:compat_)?(sys_\w+)$)");
  static const RE2 wrapper(R"(^(?:compat_)?(?:SyS|SYSC|C_SYSC)_(\w+)$)");
  static const RE2 generated(R"(^__se_sys_(\w+)$)");
  std::string plain;
  if (RE2::FullMatch(function, generated, &plain)) return {plain, {function, "sys_" + plain}};
  if (RE2::FullMatch(function, of_architecture, &plain) ||
      RE2::FullMatch(function, wrapper, &plain))
    return {plain, {function}};
  return {function, {}};
}

static Blame pick_stall(const std::vector<std::string>& frames) {
  const std::string* below = frames.empty() ? nullptr : &frames.front();
  for (const std::string& frame : frames) {
    if (frame.starts_with("smp_call_function")) {
      if (frame == "smp_call_function") return {frame, {}};
      return {"smp_call_function", {frame}};
    }
    if (is_dispatcher(frame)) return with_plain_name(*below);
    below = &frame;
  }
  return {};
}

// Tasks all over the kernel wait for a grace period, or for the one RTNL: one bucket each.
static Blame pick_common_wait(const std::vector<std::string>& frames) {
  static const RE2 grace(R"(synchronize_(s?rcu|net|sched)\w*)");
  for (const std::string& frame : frames) {
    if (frame.starts_with("rtnl_lock")) return {frame, {}};
    if (!RE2::FullMatch(frame, grace)) continue;
    if (frame == "synchronize_rcu") return {frame, {}};
    return {"synchronize_rcu", {frame}};
  }
  return {};
}

static Blame pick_hung(const std::vector<std::string>& frames) {
  static const RE2 waits(
      "sched|_lock|_slowlock|down|rwsem|completion|kthread|wait|synchronize|context_switch|"
      "__switch_to|cancel_delayed_work|rcu_barrier");
  if (Blame common = pick_common_wait(frames); !common.frame.empty()) return common;
  for (const std::string& frame : frames)
    if (!RE2::PartialMatch(frame, waits)) return with_plain_name(frame);
  return {};
}

Blame pick_frame(const std::vector<std::string>& frames, Pick pick) {
  if (pick == Pick::stall) return pick_stall(frames);
  if (pick == Pick::hung) return pick_hung(frames);
  return frames.empty() ? Blame{} : with_plain_name(frames.front());
}

}  // namespace kproof::console
