// Keeps the other CPUs in user mode while kernel text is patched, where that is dangerous: under
// TCG.
//
// KVM's first VM switches static keys, one of them in __schedule() (preempt_notifier_key). A CPU
// that runs into the patched place meanwhile finds the int3 that text_poke_bp() puts there, and
// QEMU before 8.1 may keep its translation of that int3 for ever: it translates without holding the
// page, so that the last write of the patch can come in between and invalidate nothing (mended by
// "accel/tcg: Always lock pages before translation"). Then 6.12 dies of "Oops: int3" and 6.1, which
// takes it for a breakpoint just removed, tries again until the watchdog barks, or for ever where
// interrupts are off. It was seen once in about twenty starts. Under any other hypervisor, and on
// bare metal, this does nothing.
//
// The limit of real-time tasks, 0.95 s of each second, is lifted meanwhile: the agent is one, and
// had used it up when it had loaded kvm (seen: "sched: RT throttling activated", and 25 s later a
// soft lockup at preempt_notifier_key in finish_task_switch). Both CPUs then ran something else in
// the middle of a patch. So a CPU is parked for 2 s at most.
#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace kproof::machine {

class ParkedCpus {
 public:
  ParkedCpus();
  ParkedCpus(const ParkedCpus&) = delete;
  ParkedCpus& operator=(const ParkedCpus&) = delete;
  ~ParkedCpus();

 private:
  void spin(int cpu);

  std::string real_time_limit_;     // as it was; "" if it was not lifted
  const std::vector<int> allowed_;  // to this thread, which stays on its CPU meanwhile
  const std::vector<int> possible_;
  std::atomic<bool> end_{false};
  std::atomic<unsigned> parked_{0};
  std::vector<std::thread> spinners_;
};

}  // namespace kproof::machine
