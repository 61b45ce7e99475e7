#include "kvm/storm.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>

#include <sched.h>
#include <sys/mman.h>

#include "lib/clock.hpp"

namespace kproof::kvm {

// A window ends when a vCPU has met it, or after this: all vCPUs may be in other parts.
static constexpr double kWindowUs = 3000;
// Each n-th toggle of toggler 0 is of the whole region.
static constexpr unsigned kWholeEvery = 4;
static constexpr std::size_t kMostWatched = 64;  // words in a window

Storm::Storm(Machine& machine, const Shape& shape) : machine_(machine), shape_(shape) {
  for (unsigned id = 0; id < machine.shape().vcpus; ++id)
    runners_.push_back(std::make_unique<Runner>(machine.vcpu(id),
                                                kRegionGva + id * sizeof(mm::Word), machine.words(),
                                                machine.stride(), Runner::Where{&rights_}));
}

void Storm::run(double seconds) {
  std::vector<std::thread> togglers;
  for (unsigned i = 0; i < shape_.togglers; ++i)
    togglers.emplace_back([this, i] { toggle_for_ever(i); });
  const double end = lib::now_us() + seconds * 1e6;
  // The end of a storm is a matter of time and nothing else; and at least one round each is wanted.
  for (const auto& runner : runners_)
    runner->wait_tries_since(0, machine_.words());
  if (const double left = end - lib::now_us(); left > 0)
    std::this_thread::sleep_for(std::chrono::duration<double, std::micro>(left));
  // Each window is some 3 ms long, so to look now and then is soon enough.
  const double latest = lib::now_us() + kPatienceSeconds * 1e6;
  while (counts_.effective < kFewestEffective && counts_.changed == 0 && lib::now_us() < latest)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  stop_ = true;
  for (std::thread& toggler : togglers)
    toggler.join();
  for (const auto& runner : runners_)
    ends_.push_back(runner->finish());
}

void Storm::toggle_for_ever(unsigned toggler) {
  std::minstd_rand random(shape_.seed + toggler);
  for (unsigned n = 1; !stop_; ++n) {
    const bool by_none = random() % 2 == 0;
    if (toggler == 0 && n % kWholeEvery == 0) {
      whole_wanted_ = true;
      const std::unique_lock alone(whole_);
      toggle({0, machine_.region().length()}, by_none);
      ++counts_.whole;
      whole_wanted_ = false;
      whole_wanted_.notify_all();
    } else {
      whole_wanted_.wait(true);
      const std::shared_lock together(whole_);
      toggle(part_of(toggler, random), by_none);
    }
    retry_all();
  }
}

// A random range within the toggler's share of the region.
Storm::Range Storm::part_of(unsigned toggler, std::minstd_rand& random) const {
  const std::size_t grains = machine_.region().length() / shape_.grain;
  const std::size_t share = std::max<std::size_t>(grains / shape_.togglers, 1);
  const std::size_t start = std::min<std::size_t>(toggler * share, grains - share);
  const std::size_t first = random() % share;
  const std::size_t count = 1 + random() % (share - first);
  return {(start + first) * shape_.grain, count * shape_.grain};
}

// Takes the rights of the range away, watches it while it is read-only, and gives them back. Who
// stands refused tries again when the window has begun: what it meets then, it meets in the window.
void Storm::toggle(const Range& range, bool by_none) {
  rights_.take(guest_range(range));
  if (by_none) protect(range, PROT_NONE);
  protect(range, PROT_READ);
  const auto before = values(range);
  const auto refused = refusals();
  retry_all();
  const double end = lib::now_us() + kWindowUs;
  bool watched = false;
  while (!watched && lib::now_us() < end) {
    ::sched_yield();
    watched = is_watched_by_a_vcpu(range, refused);
  }
  const auto after = values(range);
  ++counts_.windows;
  counts_.effective += watched;
  for (std::size_t i = 0; i < before.size(); ++i)
    counts_.changed += before[i] != after[i];
  protect(range, PROT_READ | PROT_WRITE);
  rights_.give_back(guest_range(range));
}

GvaRange Storm::guest_range(const Range& range) const {
  return {kRegionGva + range.first, range.length};
}

// A vCPU was refused in the range since `before`.
bool Storm::is_watched_by_a_vcpu(const Range& range,
                                 const std::vector<unsigned long>& before) const {
  for (std::size_t id = 0; id < runners_.size(); ++id)
    if (runners_[id]->refusals() > before[id] && guest_range(range).has(runners_[id]->refused_at()))
      return true;
  return false;
}

void Storm::protect(const Range& range, int prot) {
  ++counts_.toggles;
  counts_.errors += ::mprotect(machine_.region().base() + range.first, range.length, prot) != 0;
}

void Storm::retry_all() {
  for (const auto& runner : runners_)
    runner->retry();
}

std::vector<unsigned long> Storm::refusals() const {
  std::vector<unsigned long> refusals;
  for (const auto& runner : runners_)
    refusals.push_back(runner->refusals());
  return refusals;
}

// Of at most kMostWatched pages, evenly spread, all vCPUs' words.
std::vector<std::uint64_t> Storm::values(const Range& range) const {
  const std::size_t stride = machine_.stride();
  const std::size_t first = (range.first + stride - 1) / stride;
  const std::size_t end = (range.first + range.length) / stride;
  const std::size_t step = std::max<std::size_t>((end - first) / kMostWatched, 1);
  std::vector<std::uint64_t> values;
  for (std::size_t i = first; i < end; i += step)
    for (unsigned id = 0; id < runners_.size(); ++id)
      values.emplace_back(*word(id, i));
  return values;
}

}  // namespace kproof::kvm
