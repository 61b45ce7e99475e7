#include <algorithm>
#include <memory>

#include "kvm/numa_balancing.hpp"
#include "kvm/runner.hpp"
#include "kvm/sparse.hpp"
#include "lib/clock.hpp"
#include "lib/sysfs.hpp"

namespace kproof::kvm::sparse {

// The vCPUs write to populated pages, to words of their own, and so keep the CPUs busy, as a pass
// goes on in CPU time: until `wanted` passes are over. False if time is up before.
static bool run_passes(Context& context, unsigned wanted, lib::Check& check) {
  const double end = lib::now_us() + context.seconds * 1e6;
  const unsigned first = NumaBalancing::passes();
  Machine& machine = context.memory.machine();
  const Gva words = context.memory.populated().gva + sizeof(std::uint64_t);
  std::vector<std::unique_ptr<Runner>> runners;
  for (unsigned i = 0; i < context.vcpus; ++i)
    runners.push_back(
        std::make_unique<Runner>(machine.vcpu(i), words + i * sizeof(std::uint64_t), 16, kPage4K));
  while (check.ok() && NumaBalancing::passes() < first + wanted && lib::now_us() < end)
    for (const auto& runner : runners)
      check.that(runner->wait_tries_since(runner->tries(), 1000), "the guest stands");
  for (unsigned i = 0; i < context.vcpus; ++i) {
    const Exit exit = runners[i]->finish();
    check.that(exit.done(), "vCPU %u ended by %s", i, exit.text().c_str());
    runners[i]->expect_just(check, ("vCPU " + std::to_string(i)).c_str());
    check.that(machine.vcpu(i).mailbox().wrong == 0, "vCPU %u lost %lu writes", i,
               machine.vcpu(i).mailbox().wrong);
  }
  return NumaBalancing::passes() >= first + wanted;
}

// A pass calls change_protection() for one piece of scan_size_mb after another, so what one PUD
// maps is met by that many pieces and one more. Where it is PMDs from which the notifier is called,
// no more pieces can call than there are PMDs: a piece ends where a PMD does. Each page that is
// moved to another node is unmapped.
static std::size_t most_in_a_pass(const Context& context, const SparsePart& part) {
  const std::size_t pieces = part.puds * (kPage1G / NumaBalancing::piece() + 1);
  return context.notified_at == Level::pmd ? std::min(pieces, part.pmds) : pieces;
}

static void expect_few(const Context& context, const SparsePart& part, std::uint64_t count,
                       unsigned passes, unsigned long long moved, lib::Check& check) {
  const std::size_t most = most_in_a_pass(context, part);
  const auto limit = most > 0 ? most * passes + moved : 0;
  check.that(count <= limit,
             "%s: %lu invalidations; at most %llu for %zu PUDs with %zu PMDs, %u passes and %llu "
             "pages moved",
             part.name, count, limit, part.puds, part.pmds, passes, moved);
}

// On one node there is nowhere to move pages to, but passes are made all the same.
void balanced(Context& context, lib::Check& check) {
  if (const std::string missing = NumaBalancing::missing(); !missing.empty())
    return check.skip("NUMA balancing: " + missing);
  constexpr unsigned kPasses = 2;
  std::vector<std::unique_ptr<NotifierCounters>> counters;
  for (const SparsePart& part : context.memory.parts())
    counters.push_back(std::make_unique<NotifierCounters>(part.range(), context.vms));
  const NumaBalancing balancing(true);  // now, so that no call is of a pass before those counted
  const unsigned before = NumaBalancing::passes();
  const auto moved_before = pages_migrated();
  const bool passed = run_passes(context, kPasses, check);
  const unsigned passes = NumaBalancing::passes() - before + 1;  // and one that goes on
  const auto moved = pages_migrated() - moved_before;
  for (std::size_t i = 0; i < counters.size(); ++i) {
    const SparsePart& part = context.memory.parts()[i];
    const auto count = counters[i]->invalidations();
    context.test.metric((std::string("invalidations_balancing_") + part.name).c_str(),
                        static_cast<double>(count) / passes, "calls/pass");
    expect_few(context, part, count, passes, moved, check);
    check.that(context.memory.wrong_pages(part) == 0, "%s: the guest lost data", part.name);
  }
  lib::ktap::diagnostic("%u passes began, %llu pages moved, nodes %s", passes, moved,
                        lib::sysfs::read("/sys/devices/system/node/online").c_str());
  if (!passed)
    check.skip("fewer than " + std::to_string(kPasses) + " passes; give it more --seconds");
  else
    check.that(counters.back()->invalidations() > 0, "no pass touched what is populated");
}

}  // namespace kproof::kvm::sparse
