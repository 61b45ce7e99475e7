#include "kvm/sampler.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <ctime>

#include <pthread.h>
#include <sched.h>

#include "lib/clock.hpp"
#include "lib/cpu.hpp"
#include "lib/safe.hpp"

namespace kproof::kvm {

static constexpr int kPriority = 80;

static void sleep_until_us(double time) {
  timespec at;
  at.tv_sec = static_cast<time_t>(time / 1e6);
  at.tv_nsec = static_cast<long>((time - static_cast<double>(at.tv_sec) * 1e6) * 1e3);
  while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr) == EINTR) {
  }
}

int stay_on_one_cpu() {
  const int cpu = static_cast<int>(lib::safe::check(::sched_getcpu(), "sched_getcpu"));
  lib::stay_on_cpus({cpu});
  return cpu;
}

LatenessSampler::LatenessSampler(int cpu, double period_us)
    : period_us_(period_us), thread_([this, cpu] { run(cpu); }) {}

LatenessSampler::~LatenessSampler() {
  set(State::ending);
  thread_.join();
}

void LatenessSampler::set(State state) {
  state_ = state;
  state_.notify_all();
}

// Returns when the thread has woken up for the first time.
void LatenessSampler::start() {
  samples_ = 0;
  worst_us_ = 0;
  set(State::watching);
  samples_.wait(0);
}

// Returns when it has woken up for the time that was due last.
double LatenessSampler::stop() {
  set(State::stopping);
  state_.wait(State::stopping);
  return worst_us_;
}

void LatenessSampler::run(int cpu) {
  lib::stay_on_cpus({cpu});
  sched_param parameters{};
  parameters.sched_priority = kPriority;
  lib::safe::check(::sched_setscheduler(0, SCHED_FIFO, &parameters),
                   "sched_setscheduler(SCHED_FIFO)");
  while (state_ != State::ending) {
    state_.wait(State::idle);
    if (state_ == State::watching || state_ == State::stopping) watch();
  }
}

// A late wake-up is followed by one at the next time that is still to come.
void LatenessSampler::watch() {
  double due = lib::now_us() + period_us_;
  bool last = false;
  while (!last) {
    last = state_ != State::watching;
    sleep_until_us(due);
    const double now = lib::now_us();
    worst_us_ = std::max(worst_us_, now - due);
    due += period_us_ * std::max(1.0, std::ceil((now - due) / period_us_));
    if (++samples_ == 1) samples_.notify_all();
  }
  State expected = State::stopping;
  if (state_.compare_exchange_strong(expected, State::idle)) state_.notify_all();
}

}  // namespace kproof::kvm
