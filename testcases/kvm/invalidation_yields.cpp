// Does a zap that yields ask for a flush before?
#include <algorithm>

#include <sched.h>
#include <sys/mman.h>

#include "kvm/flush.hpp"
#include "kvm/invalidation.hpp"
#include "kvm/sampler.hpp"

namespace kproof::kvm::invalidation {

namespace {

struct Yields {
  unsigned rounds = 0;
  std::uint64_t yields = 0, requests = 0;

  // A request before each yield, and one in the end of each zap. Yields for which nothing had been
  // zapped since the last are right without: one before the first SPTE, a few amid the rmaps of
  // larger pages, which are empty.
  std::uint64_t wanted() const { return rounds + yields - without(); }
  std::uint64_t without() const { return std::min(yields, 1 + yields / 4); }
  // Without a flush at yields there is one request a round.
  bool would_tell() const { return yields >= 4; }
  bool is_enough() const { return yields >= 12; }
};

}  // namespace

// One zap of all of the region, while a SCHED_FIFO thread wants this CPU all the time.
static void zap_once(Context& context, Machine& machine, lib::Check& check, Yields& sum) {
  if (!fill(machine, check)) return;
  const std::uint64_t before = context.yields.count();
  LatenessSampler sampler(::sched_getcpu(), 100);
  const Change change = watch(machine, context.recorder, [&] {
    sampler.worst_during([&] { machine.region().protect(check, PROT_READ); });
  });
  ++sum.rounds;
  sum.yields += context.yields.count() - before;
  sum.requests += change.requests;
  check.that(change.zapped == machine.words(), "%ld SPTEs were zapped, not %zu",
             static_cast<long>(change.zapped), machine.words());
  check.that(change.requests >= 1, "no request for a flush");
  machine.region().protect(check, mm::kReadWrite);
}

void yields(Context& context, lib::Check& check) {
  constexpr std::size_t kSize = std::size_t{64} << 20;
  constexpr unsigned kMostRounds = 8;
  Machine machine(context.kvm, context.provider, {.size = kSize});
  machine.vm().allow_shadow_pages(static_cast<unsigned>(kSize / kPage2M) + 1024);
  if (const auto reason = flushes_uncounted(machine.vm().stats()); !reason.empty())
    return check.skip(reason);
  if (!context.yields.problem().empty()) return check.skip(context.yields.problem());
  Yields sum;
  while (check.ok() && sum.rounds < kMostRounds && !sum.is_enough())
    zap_once(context, machine, check, sum);
  if (sum.rounds == 0) return;  // and the check says why
  lib::ktap::diagnostic("%lu yields in %u zaps, %lu requests for a flush", sum.yields, sum.rounds,
                        sum.requests);
  context.test.metric("yields", static_cast<double>(sum.yields) / sum.rounds, "calls/zap");
  context.test.metric("flush_requests", static_cast<double>(sum.requests) / sum.rounds,
                      "calls/zap");
  check.that(sum.requests >= sum.wanted(),
             "%lu requests for a flush at %lu yields in %u zaps; at least %lu are wanted",
             sum.requests, sum.yields, sum.rounds, sum.wanted());
  if (!sum.would_tell())
    check.skip(std::to_string(sum.yields) + " yields in " + std::to_string(sum.rounds) +
               " zaps of " + std::to_string(machine.words()) + " SPTEs are too few to tell");
}

}  // namespace kproof::kvm::invalidation
