#include <algorithm>
#include <memory>

#include "kvm/nodes.hpp"
#include "kvm/numa_balancing.hpp"
#include "kvm/runner.hpp"
#include "kvm/sparse.hpp"
#include "lib/clock.hpp"
#include "lib/sysfs.hpp"

namespace kproof::kvm::sparse {

// Where the memory is and where it is used: on two nodes, if there are two.
struct Nodes {
  const std::vector<unsigned> all = memory_nodes();
  const bool several = all.size() > 1 && cpu_of(all[0]) >= 0 && cpu_of(all[1]) >= 0;
  const int user_cpu = several ? cpu_of(all[1]) : -1;

  // The populated pages to the first node, whose CPUs will not use them.
  void bring_home(const std::vector<void*>& pages) const {
    if (several) move_pages_to(all[0], 0, pages);
  }
  // Those that are where they are used.
  long at_user(const std::vector<void*>& pages) const {
    const std::vector<int> nodes = nodes_of(0, pages);
    return several ? std::count(nodes.begin(), nodes.end(), static_cast<int>(all[1])) : 0;
  }
};

static std::vector<void*> pages_of(const SparsePart& part) {
  std::vector<void*> pages;
  for (const std::size_t offset : part.pages)
    pages.push_back(part.region->base() + offset);
  return pages;
}

// The vCPUs write to populated pages, to words of their own, and so keep the CPUs busy, as a pass
// goes on in CPU time: until `wanted` passes are over, and on two nodes half of the pages have
// moved to where they are used. False if time is up before the passes are over.
static bool run_passes(Context& context, const Nodes& nodes, unsigned wanted, lib::Check& check) {
  const double end = lib::now_us() + context.seconds * 1e6;
  const unsigned first = NumaBalancing::passes();
  Machine& machine = context.memory.machine();
  const Gva words = context.memory.populated().gva + sizeof(std::uint64_t);
  const std::vector<void*> pages = pages_of(context.memory.populated());
  std::vector<std::unique_ptr<Runner>> runners;
  for (unsigned i = 0; i < context.vcpus; ++i)
    runners.push_back(std::make_unique<Runner>(machine.vcpu(i), words + i * sizeof(std::uint64_t),
                                               pages.size(), kPage4K,
                                               Runner::Where{nullptr, nodes.user_cpu}));
  const auto enough = [&] {
    return NumaBalancing::passes() >= first + wanted &&
           (!nodes.several || 2 * nodes.at_user(pages) >= static_cast<long>(pages.size()));
  };
  while (check.ok() && !enough() && lib::now_us() < end)
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
static void expect_moved(Context& context, const Nodes& nodes, unsigned long long migrated,
                         std::uint64_t invalidations, lib::Check& check) {
  const std::vector<void*> pages = pages_of(context.memory.populated());
  context.test.metric("numa_pages_migrated", static_cast<double>(migrated), "pages");
  if (!nodes.several) return;
  const long moved = nodes.at_user(pages);
  check.that(moved > 0 && migrated > 0,
             "of %zu pages %ld are on the node that uses them; the kernel migrated %llu",
             pages.size(), moved, migrated);
  check.that(moved == 0 || invalidations > 0, "%ld pages moved, and KVM was told nothing", moved);
}

void balanced(Context& context, lib::Check& check) {
  if (const std::string missing = NumaBalancing::missing(); !missing.empty())
    return check.skip("NUMA balancing: " + missing);
  constexpr unsigned kPasses = 2;
  const Nodes nodes;
  nodes.bring_home(pages_of(context.memory.populated()));
  std::vector<std::unique_ptr<InvalidationCounter>> counters;
  for (const SparsePart& part : context.memory.parts())
    counters.push_back(std::make_unique<InvalidationCounter>(part.range(), context.vms));
  const NumaBalancing balancing(true);  // now, so that no call is of a pass before those counted
  const unsigned before = NumaBalancing::passes();
  const auto moved_before = pages_migrated(), balanced_before = pages_balanced();
  const bool passed = run_passes(context, nodes, kPasses, check);
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
  expect_moved(context, nodes, pages_balanced() - balanced_before, counters.back()->invalidations(),
               check);
  lib::ktap::diagnostic("%u passes began, %llu pages moved, nodes %s", passes, moved,
                        lib::sysfs::read("/sys/devices/system/node/online").c_str());
  if (!passed)
    check.skip("fewer than " + std::to_string(kPasses) + " passes; give it more --seconds");
  else
    check.that(counters.back()->invalidations() > 0, "no pass touched what is populated");
}

}  // namespace kproof::kvm::sparse
