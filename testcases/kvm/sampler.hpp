// How late a SCHED_FIFO thread wakes up on one CPU: the time for which the kernel keeps the CPU.
//
// The thread sleeps to absolute times, one period apart, by clock_nanosleep(TIMER_ABSTIME), and
// notes how long after its time it ran. Nothing of lower priority can delay it but code that the
// kernel does not preempt: what runs with interrupts or preemption off, and, without
// CONFIG_PREEMPT, all of a system call between two cond_resched(). A stall that begins between two
// wake-up times shows up to one period shorter than it is. What else delays it: the timer's own
// latency, interrupt handlers, other FIFO threads of the same priority or above, and whatever takes
// the CPU away from the whole machine (SMIs, and for a guest its host, under TCG most of all):
// hence a measurement with nothing going on, made beside each that counts.
#pragma once

#include <atomic>
#include <thread>
#include <vector>

namespace kproof::kvm {

class LatenessSampler {
 public:
  // The thread runs on `cpu`, wakes each `period_us`, and sleeps while nothing is watched. Bails
  // out without the right to SCHED_FIFO (CAP_SYS_NICE).
  LatenessSampler(int cpu, double period_us);
  LatenessSampler(const LatenessSampler&) = delete;
  LatenessSampler& operator=(const LatenessSampler&) = delete;
  ~LatenessSampler();

  // Runs `body` and returns the worst delay, in microseconds, of a wake-up that was due while it
  // ran.
  template <class Body>
  double worst_during(Body body) {
    start();
    body();
    return stop();
  }
  // Wake-ups of the last worst_during().
  unsigned long samples() const { return samples_; }

 private:
  enum class State { idle, watching, stopping, ending };
  void start();
  double stop();
  void run(int cpu);
  void watch();
  void set(State state);

  double period_us_;
  std::atomic<State> state_{State::idle};
  std::atomic<unsigned long> samples_{0};
  double worst_us_ = 0;  // handed over by state_
  std::thread thread_;   // last: it uses all of the above
};

// Keeps the calling thread on one CPU from now on: where it is. Returns that.
int stay_on_one_cpu();

}  // namespace kproof::kvm
