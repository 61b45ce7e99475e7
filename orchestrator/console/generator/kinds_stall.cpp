// Lockups, stalls, hung tasks, workqueues.
#include "console/generator/kinds.hpp"

namespace kproof::console::generator {

static constexpr std::string_view kSoft = "BUG: soft lockup in {f}";
static constexpr std::string_view kRcu = "INFO: rcu detected stall in {f}";

static constexpr Kind kStallKinds[] = {
    {"soft lockup", kAll, 414, 9999, kSoft, kLoops,
     "!watchdog: BUG: soft lockup - CPU#{cpu} stuck for 26s! "
     "[{comm}:{pid}]\n@modules\n@cpu\n@regs\n"
     "@trace"},
    {"soft lockup before 4.14", kAll, 0, 413, kSoft, kLoops,
     "!NMI watchdog: BUG: soft lockup - CPU#{cpu} stuck for 22s! [{comm}:{pid}]\n@modules\n@cpu\n"
     "@regs\n@trace"},
    {"hard lockup", kAnyX86, 414, 9999, "hard LOCKUP in {f}", kLoops | kRough,
     "!watchdog: Watchdog detected hard LOCKUP on cpu {cpu}\n@modules\n@cpu\n@regs\n@trace"},
    {"hard lockup before 4.14", kAnyX86, 0, 413, "hard LOCKUP in {f}", kLoops | kRough,
     "!NMI watchdog: Watchdog detected hard LOCKUP on cpu {cpu}\n@modules\n@cpu\n@regs\n@trace"},
    {"RCU, seen by itself", kAnyX86, 419, 600, kRcu, kLoops,
     "!rcu: INFO: rcu_sched self-detected stall on CPU\n"
     "rcu: \t{cpu}-....: (5249 ticks this GP) idle=c9a/1/0x4000000000000002 softirq=1146/1146 "
     "fqs=2624 \n"
     "\t(t=5250 jiffies g=-799 q=4)\nNMI backtrace for cpu {cpu}\n@cpu\n"
     "@dump nmi_cpu_backtrace.cold nmi_trigger_cpumask_backtrace rcu_dump_cpu_stacks "
     "rcu_sched_clock_irq.cold update_process_times tick_sched_timer __hrtimer_run_queues "
     "hrtimer_interrupt __sysvec_apic_timer_interrupt sysvec_apic_timer_interrupt "
     "asm_sysvec_apic_timer_interrupt"},
    {"RCU, seen by itself since 6.1", kAnyX86 | kArm64, 601, 9999, kRcu, kLoops,
     "!rcu: INFO: rcu_preempt self-detected stall on CPU\n"
     "rcu: \t{cpu}-....: (5250 ticks this GP) idle=4d2c/1/0x4000000000000000 softirq=99/99 "
     "fqs=2000\n"
     "rcu: \t(t=5251 jiffies g=1233 q=12 ncpus=8)\n@cpu\n@regs\n@trace"},
    {"RCU, seen by another", kAnyX86, 419, 9999, kRcu, kLoops,
     "!rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:\n"
     "rcu: \t{cpu}-...0: (1 GPs behind) idle=9d2/1/0x4000000000000000 softirq=99/99 fqs=2000\n"
     "\t(detected by 9, t=5252 jiffies, g=1233, q=12)\nSending NMI from CPU 9 to CPUs {cpu}:\n"
     "NMI backtrace for cpu {cpu}\n@cpu\n@regs\n@trace"},
    {"RCU before 4.19", kAnyX86, 0, 418, kRcu, kLoops,
     "!INFO: rcu_sched detected stalls on CPUs/tasks:\n"
     "\t{cpu}-...: (1 GPs behind) idle=9d2/140000000000000/0 softirq=99/99 fqs=2000 \n"
     "\t(detected by 9, t=5252 jiffies, g=1233, c=1232, q=12)\n"
     "Sending NMI from CPU 9 to CPUs {cpu}:\nNMI backtrace for cpu {cpu}\n@cpu\n@regs\n@trace"},
    {"RCU, expedited", kAnyX86, 419, 9999, kRcu, kLoops,
     "!rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { {cpu}-...D } 21002 "
     "jiffies "
     "s: 1233 root: 0x2/.\nrcu: blocking rcu_node structures (internal RCU debug):\n"
     "Sending NMI from CPU 9 to CPUs {cpu}:\nNMI backtrace for cpu {cpu}\n@cpu\n@regs\n@trace"},
    {"hard lockup, powerpc", kPpc64, 414, 9999, "hard LOCKUP in {f}", kLoops | kRough,
     "!watchdog: CPU {cpu} self-detected hard LOCKUP @ {p}\n"
     "watchdog: CPU {cpu} TB:1234567890, last heartbeat TB:1234560000 (13ms ago)\n@modules\n@cpu\n"
     "@regs\n@trace"},
    {"hung task", kAll & ~kArm, 0, 9999, "INFO: task hung in {f}", kLoops,
     "!INFO: task {comm}:{pid} blocked for more than 122 seconds.\n      Not tainted {rel} #1\n"
     "\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message.\n"
     "task:{comm}           state:D stack:0     pid:{pid}    ppid:1      flags:0x00004002\n"
     "@trace __schedule schedule"},
    {"hung task before 5.11", kAnyX86, 0, 510, "INFO: task hung in {f}", kLoops,
     "!INFO: task {comm}:{pid} blocked for more than 120 seconds.\n      Not tainted {rel} #1\n"
     "\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message.\n"
     "{comm}           D    0   {pid}      2 0x80000000\n@trace __schedule schedule"},
    {"workqueue", kAll, 0, 9999, "BUG: workqueue lockup", kNoName | kRough,
     "!BUG: workqueue lockup - pool cpus={cpu} node=0 flags=0x0 nice=0 stuck for 43s!\n"
     "Showing busy workqueues and worker pools:\nworkqueue events: flags=0x0\n"
     "  pwq 2: cpus={cpu} node=0 flags=0x0 nice=0 active=1/256 refcnt=2\n    in-flight: {pid}:{f}\n"
     "pool 2: cpus={cpu} node=0 flags=0x0 nice=0 hung=43s workers=2 idle: 17"},
};

std::span<const Kind> stall_kinds() {
  return kStallKinds;
}

}  // namespace kproof::console::generator
