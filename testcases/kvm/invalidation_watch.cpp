#include "kvm/flush.hpp"
#include "kvm/invalidation.hpp"

namespace kproof::kvm::invalidation {

HvaRange range_of(const char* start, std::size_t length) {
  return {reinterpret_cast<std::uintptr_t>(start), length};
}

Change watch(Machine& machine, InvalidationRecorder& recorder, const std::function<void()>& act) {
  const Stats& stats = machine.vm().stats();
  const HvaRange all = range_of(machine.region().base(), machine.region().length());
  recorder.take(all);
  const std::uint64_t sptes = count_sptes(stats).all(), requests = flush_requests(stats);
  act();
  return {recorder.take(all), sptes - count_sptes(stats).all(), flush_requests(stats) - requests};
}

bool fill(Machine& machine, lib::Check& check) {
  const Exit filled = machine.fill(0, machine.words(), 1);
  return check.that(filled.done(), "the guest's writes: %s", filled.text().c_str());
}

}  // namespace kproof::kvm::invalidation
