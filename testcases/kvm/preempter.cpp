#include "kvm/preempter.hpp"

#include <ctime>
#include <random>
#include <utility>

#include <sched.h>

#include "lib/clock.hpp"
#include "lib/cpu.hpp"
#include "lib/safe.hpp"

namespace kproof::kvm {

static constexpr long kMostPauseNs = 500000;
static constexpr double kHoldUs = 1000, kMostHoldUs = 5000;

Preempter::Preempter(int cpu, std::function<std::uint64_t()> progress)
    : progress_(std::move(progress)), thread_([this, cpu] { run(cpu); }) {}

Preempter::~Preempter() {
  ended_ = true;
  thread_.join();
}

void Preempter::hold() const {
  const double start = lib::now_us();
  const std::uint64_t before = progress_ ? progress_() : 0;
  while (lib::now_us() < start + kHoldUs) {
  }
  while (progress_ && progress_() == before && lib::now_us() < start + kMostHoldUs) {
  }
}

void Preempter::run(int cpu) {
  lib::stay_on_cpus({cpu});
  sched_param parameters{};
  parameters.sched_priority = 1;
  lib::safe::check(::sched_setscheduler(0, SCHED_FIFO, &parameters),
                   "sched_setscheduler(SCHED_FIFO)");
  std::minstd_rand random(1);
  while (!ended_) {
    const timespec pause{0, static_cast<long>(random() % kMostPauseNs)};
    ::nanosleep(&pause, nullptr);
    hold();
    ++times_;
  }
}

}  // namespace kproof::kvm
