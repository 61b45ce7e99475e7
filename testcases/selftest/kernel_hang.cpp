// Makes the guest silent with every CPU busy: one SCHED_FIFO thread of the highest priority spins
// on each CPU, so nothing else runs in user space, the agent included, nor any kernel thread but
// the stopper. Interrupts still come, but nobody acts on them.
//
// What would end or announce it is switched off before: the real-time throttle; on 6.12 its
// successor, the fair server, which keeps 5 % for normal tasks; RCU's stall warnings. The
// softlockup detector stays quiet by itself, as the stopper, by which it checks, has a higher class
// than SCHED_FIFO.
#include <thread>
#include <vector>

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "lib/case.hpp"
#include "lib/cpu.hpp"
#include "lib/safe.hpp"
#include "lib/sysfs.hpp"
#include "selftest/guard.hpp"

using namespace kproof;

static void stop_fair_servers() {
  const std::string debugfs = "/sys/kernel/debug";
  if (!lib::sysfs::exists(debugfs + "/sched"))
    ::mount("debugfs", debugfs.c_str(), "debugfs", 0, nullptr);
  const std::string servers = debugfs + "/sched/fair_server/";
  for (const std::string& cpu : lib::sysfs::list(servers))
    lib::sysfs::write(servers + cpu + "/runtime", "0");
}

static void take_cpu(int cpu) {
  lib::stay_on_cpus({cpu});
  const sched_param highest{.sched_priority = ::sched_get_priority_max(SCHED_FIFO)};
  lib::safe::check(::sched_setscheduler(0, SCHED_FIFO, &highest), "sched_setscheduler");
  for (volatile unsigned long turns = 0;;)
    turns = turns + 1;
}

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/kernel_hang",
      .summary = "makes the guest silent, every CPU busy in a real-time task",
      .timeout_ms = 5000,
  };
  lib::Case test(argc, argv, description);
  selftest::only_in_a_throwaway_guest();
  test.plan(1);
  lib::sysfs::write("/proc/sys/kernel/sched_rt_runtime_us", "-1");
  lib::sysfs::write("/sys/module/rcupdate/parameters/rcu_cpu_stall_suppress", "1");
  stop_fair_servers();
  // The last thread is the one that starts the others: its own CPU is taken when all are under way.
  const int cpus = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
  for (int cpu = 1; cpu < cpus; ++cpu)
    std::thread(take_cpu, cpu).detach();
  take_cpu(0);
}
