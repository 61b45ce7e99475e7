#include "kvm/lock_holds.hpp"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "kvm/perf_event.hpp"
#include "kvm/yields.hpp"

namespace kproof::kvm {

static constexpr const char* kNotifier = "kvm_mmu_notifier_invalidate_range_start";

static perf_event_attr timed(perf_event_attr attributes) {
  attributes.sample_type = PERF_SAMPLE_TIME;
  return attributes;
}

LockHolds::LockHolds() : problem_(kprobes_missing()) {
  if (!problem_.empty()) return;
  starts_.emplace(timed(kprobe_at(kNotifier)));
  yields_.emplace(timed(kprobe_at(kYield)));
  returns_.emplace(timed(kprobe_at(kNotifier, true)));
  for (const auto* samples : {&starts_, &yields_, &returns_})
    if (problem_.empty() && !(*samples)->problem().empty())
      problem_ =
          std::string("kprobes at ") + kNotifier + " and " + kYield + ": " + (*samples)->problem();
}

enum class Event { start, yield, end };

Holds LockHolds::take() {
  Holds holds;
  if (!problem_.empty()) return holds;
  std::vector<std::pair<std::uint64_t, Event>> events;  // ns of the CPU's clock
  const auto add = [&](PerfSamples& samples, Event event) {
    samples.take([&](const char* sample) {
      std::uint64_t time = 0;
      std::memcpy(&time, sample, sizeof time);
      events.emplace_back(time, event);
    });
    if (samples.lost()) problem_ = "more calls of the notifier than there is room for";
  };
  add(*starts_, Event::start);
  add(*yields_, Event::yield);
  add(*returns_, Event::end);
  std::sort(events.begin(), events.end());
  std::uint64_t since = 0;  // 0: in no call
  for (const auto& [time, event] : events) {
    if (since != 0)
      holds.longest_us = std::max(holds.longest_us, static_cast<double>(time - since) / 1000);
    holds.calls += event == Event::start;
    holds.yields += event == Event::yield && since != 0;
    if (event == Event::start || since != 0) since = event == Event::end ? 0 : time;
  }
  return holds;
}

}  // namespace kproof::kvm
