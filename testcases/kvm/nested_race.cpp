// L2 counts in words of the region, one after the other, on one CPU, while the host, on another,
// takes the right away and gives it back.
#include <sys/mman.h>

#include "kvm/nested_raw.hpp"
#include "kvm/race.hpp"
#include "lib/cpu.hpp"

namespace kproof::kvm::nested {

// L2 has L1's mailbox, and counts in it as GuestProgram::increment does.
static std::vector<Step> count_for_ever(NestedBench& bench) {
  const Gva mailbox = bench.machine().vcpu().mailbox_gva();
  std::vector<Step> l2;
  for (std::size_t i = 0; i < kRaceWords; ++i) {
    l2.push_back(steps::add(kRegionGva + i * race_step(bench.machine())));
    l2.push_back(steps::add(mailbox + offsetof(Mailbox, tries)));
  }
  l2.push_back(steps::add(mailbox + offsetof(Mailbox, rounds)));
  l2.push_back(steps::again(mailbox + offsetof(Mailbox, stop)));
  return l2;
}

static void race(TablesContext& context, lib::Check& check, int prot) {
  const lib::StayOnFirstCpu here;
  NestedBench bench(context);
  Machine& machine = bench.machine();
  populate(machine);
  Rights rights;
  const std::vector<Step> l2 = count_for_ever(bench);
  Runner runner(machine.vcpu(), [&] { return bench.run_on(l2); }, {&rights, here.other()});
  Race race{machine, rights, runner};
  const bool done = race.run_windows(check, prot, context.seconds);
  prove_elsewhere(context.test, race, here.other(), mm::prot_name(prot));
  if (!done) return;
  const Exit exit = runner.finish();
  check.that(exit.done() && bench.left().kind == NestedExit::Kind::ended,
             "L1 ended by %s, L2 by %s", exit.text().c_str(), bench.left().text().c_str());
  runner.expect_just(check, "L2");
  for (const std::uint64_t value : snapshot(machine))
    check.that(value == machine.vcpu().mailbox().rounds, "a word is %lu after %lu rounds", value,
               machine.vcpu().mailbox().rounds);
}

void running_meets_read_only(TablesContext& context, lib::Check& check) {
  race(context, check, PROT_READ);
}
void running_meets_none(TablesContext& context, lib::Check& check) {
  race(context, check, PROT_NONE);
}

}  // namespace kproof::kvm::nested
