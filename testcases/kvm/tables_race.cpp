// The host rewrites a PDE while a vCPU writes by it on another CPU: one page of 2 MiB, a table, and
// the same of other memory, in turn; meanwhile slots that it does not lead to come and go, and
// mprotect takes the right to write from all of it. Without INVLPG the guest may go by what was
// there before; but never does it write to what is read-only, nor is it refused what is not.
#include <sys/mman.h>

#include "kvm/guest_tables.hpp"
#include "kvm/runner.hpp"
#include "lib/clock.hpp"
#include "lib/cpu.hpp"

namespace kproof::kvm::tables {

static constexpr std::size_t kWords = 4, kStep = kHalf / kWords;  // pages apart
static constexpr unsigned kFewestRounds = 8, kFewestMet = 8;

namespace {

// One of the ways in which the guest's 2 MiB can be translated.
struct Way {
  Pte entry;
  bool other;  // memory than the machine's own
};

struct Race {
  Bench& bench;
  const OtherMemory& other;
  Runner& runner;
  std::vector<Way> ways;
  unsigned rounds = 0;
  unsigned met = 0;  // changes among which the guest wrote, on the other CPU
  double start = lib::now_us();

  bool is_over(double seconds) const {
    const double took = (lib::now_us() - start) / 1e6;
    if (met < kFewestMet) return took > 2 * Runner::kPatienceSeconds;
    return rounds >= kFewestRounds && took > seconds;
  }

  void go(const Way& way) { bench.entry(0, 2) = way.entry; }
  void protect(lib::Check& check, int prot) {
    bench.machine().region().protect(check, prot);
    other.region().protect(check, prot);
  }
  std::vector<std::uint64_t> snapshot() {
    std::vector<std::uint64_t> values;
    for (std::size_t i = 0; i < kWords; ++i) {
      values.emplace_back(bench.word(i * kStep));
      values.emplace_back(*other.region().word(i * kStep));
    }
    return values;
  }
};

}  // namespace

// Each way in turn, and the slot of the memory that it does not use goes and comes back.
static void with_rights(Race& race, lib::Check& check) {
  Vm& vm = race.bench.machine().vm();
  const unsigned long refusals = race.runner.refusals();
  for (const Way& way : race.ways) {
    const std::uint64_t ahead = race.runner.tries();
    race.go(way);
    const Slot unused = way.other ? race.bench.machine().slot() : race.other.slot();
    vm.remove(unused.id);
    vm.set(unused);
    const std::uint64_t tries = race.runner.tries();
    race.met += tries > ahead;
    check.that(race.runner.wait_tries_since(tries, 2 * kWords), "the guest does not go on");
  }
  check.that(race.runner.refusals() == refusals, "the guest was refused, and no right was taken");
}

// Each way in turn, tried by the guest, which is refused.
static void without_right(Race& race, lib::Check& check) {
  Runner& runner = race.runner;
  unsigned long refusals = runner.refusals();
  race.protect(check, PROT_READ);
  const std::uint64_t tries = runner.tries();
  const auto before = race.snapshot();
  for (std::size_t i = 0; i <= race.ways.size() && check.ok(); ++i) {
    const bool met = runner.wait_met(refusals, tries);
    check.that(met && runner.refusals() > refusals, "the guest is not refused while read-only");
    if (i == race.ways.size()) break;
    race.go(race.ways[i]);
    refusals = runner.refusals();
    runner.retry();
  }
  check.that(before == race.snapshot(), "words changed while read-only");
  race.protect(check, mm::kReadWrite);
  runner.retry();
  check.that(runner.wait_tries_since(runner.tries()), "the guest does not go on");
}

void host_rewrites_under_vcpu(TablesContext& context, lib::Check& check) {
  const lib::StayOnFirstCpu here;
  Bench bench(context);
  const OtherMemory other(context, bench);
  const Pte table = bench.entry(0, 2);
  Runner runner(bench.machine().vcpu(), kRegionGva, kWords, kStep * kPage4K,
                {nullptr, here.other()});
  Race race{bench,
            other,
            runner,
            {{Bench::leaf(0) | kLarge, false},
             {OtherMemory::kGpa | kLeaf | kLarge, true},
             {table, false},
             {bench.new_table(OtherMemory::kGpa), true}}};
  check.that(runner.wait_tries_since(0), "the guest does not start");
  for (; check.ok() && !race.is_over(context.seconds); ++race.rounds) {
    with_rights(race, check);
    if (check.ok()) without_right(race, check);
  }
  race.go({table, false});
  const Exit exit = runner.finish();
  check.that(exit.done(), "the guest ended by %s", exit.text().c_str());
  context.test.evidence("vcpu_ran_elsewhere", here.other() >= 0 && race.met >= kFewestMet,
                        "%u rounds, the vCPU on CPU %d and the host on another; among %u changes "
                        "of the PDE and a slot it wrote",
                        race.rounds, here.other(), race.met);
  prove_followed(context, bench, "under a vCPU", {{"mmu_shadow_zapped", race.rounds}});
}

}  // namespace kproof::kvm::tables
