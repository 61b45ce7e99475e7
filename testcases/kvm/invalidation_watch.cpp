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

void expect_ranges(lib::Check& check, const Change& change, const HvaRange& changed,
                   const std::string& what) {
  const std::string wrong = misfit(change.ranges, changed);
  check.that(wrong.empty(), "%s: the notifier's ranges: %s", what.c_str(), wrong.c_str());
}

void expect_flushes(lib::Check& check, const Stats& stats, const Change& change,
                    const std::string& what) {
  if (!flushes_uncounted(stats).empty()) return;
  check.that(change.requests >= disjoint(change.ranges),
             "%s: %lu requests for a flush after %zu invalidations of memory that SPTEs mapped",
             what.c_str(), change.requests, disjoint(change.ranges));
}

}  // namespace kproof::kvm::invalidation
