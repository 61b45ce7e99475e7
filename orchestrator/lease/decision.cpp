#include "lease/decision.hpp"

#include <fmt/format.h>

namespace kproof::lease {

static What what_of(const Seen& seen, const Holder& self, const Rules& rules) {
  const bool silent = seen.unchanged >= rules.stale_after;
  if (!seen.record) return silent ? What::corrupt : What::held;
  if (seen.record->state == State::done) return What::done;
  if (seen.record->state != State::held) return What::fresh;
  if (seen.record->holder == self) return What::mine;
  if (seen.runs.has_value() && !*seen.runs) return What::stale;
  return silent ? What::stale : What::held;
}

// Of an attempt that is over; "" for one that was no failure.
static std::string failure_of(const Seen& seen, std::size_t number) {
  if (!seen.record)
    return fmt::format("attempt {}: its lease is corrupt, and nobody mended it", number);
  const Record& record = *seen.record;
  if (record.state == State::failed)
    return fmt::format("attempt {}: {} (of {}), since {}: {}", number, record.holder.worker,
                       record.holder.host, record.since, record.why);
  if (record.state != State::held) return "";
  return fmt::format("attempt {}: {} (process {} of {}), since {}, is gone", number,
                     record.holder.worker, record.holder.pid, record.holder.host, record.since);
}

Decision decide(const std::vector<Seen>& attempts, const Holder& self, const Rules& rules) {
  Decision decision{.next = attempts.size() + 1};
  if (attempts.empty()) return decision;
  decision.what = what_of(attempts.back(), self, rules);
  if (!decision.claimable()) return decision;
  for (std::size_t i = 0; i < attempts.size(); ++i)
    if (std::string failure = failure_of(attempts[i], i + 1); !failure.empty())
      decision.history.push_back(std::move(failure));
  if (decision.history.size() >= rules.most_failed) decision.what = What::exhausted;
  return decision;
}

}  // namespace kproof::lease
