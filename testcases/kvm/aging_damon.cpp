// What DAMON sees of the guest's accesses.
#include <unistd.h>

#include "kvm/aging.hpp"
#include "kvm/damon.hpp"
#include "kvm/flush.hpp"
#include "kvm/runner.hpp"
#include "lib/clock.hpp"

namespace kproof::kvm::aging {

static constexpr unsigned kAggregationUs = 100000;

static void flush_for(TlbFlusher& flusher, double us) {
  for (const double end = lib::now_us() + us; lib::now_us() < end;) {
    flusher.flush();
    ::usleep(5000);
  }
}

void damon(Context& context, lib::Check& check) {
  if (const std::string missing = Damon::missing(); !missing.empty()) return check.skip(missing);
  if (!Damon::lists_regions())
    return check.skip("DAMON of this kernel lists no regions: 6.2 and later do");
  Machine::Shape shape = context.shape;
  shape.vcpus = std::max(shape.vcpus, 2u);
  Machine machine(context.kvm, context.provider, shape);
  const Watch watch(context, machine, "DAMON");
  TlbFlusher flusher(machine, 1);
  for (std::size_t word = 0; word < machine.words(); ++word)
    *machine.region().word(word) = 0;
  machine.compare(0, machine.words(), 0);  // so that the guest maps all of it
  // A gap keeps DAMON from merging the two.
  const std::size_t half = machine.region().length() / 2;
  const auto base = reinterpret_cast<std::uintptr_t>(machine.region().base());
  const HvaRange used{base, half - 16 * kPage4K}, unused{base + half, half};
  Runner runner(machine.vcpu(), kRegionGva, used.length / machine.stride(), machine.stride());
  check.that(runner.wait_tries_since(0), "the guest does not start");
  std::uint64_t accesses = 0, wrong = 0;
  {
    const Damon damon({used, unused}, {.sample = 5000, .aggregation = kAggregationUs});
    const double end = lib::now_us() + std::max(context.seconds, kDamonPatience) * 1e6;
    // DAMON asks each 5 ms; what the guest's TLB holds it does not see.
    for (unsigned i = 0; i < 3 || (accesses == 0 && lib::now_us() < end); ++i) {
      flush_for(flusher, kAggregationUs);
      accesses += Damon::accesses(used);
      wrong += Damon::accesses(unused);
    }
  }
  const Exit exit = runner.finish();
  check.that(exit.done() && machine.vcpu().mailbox().wrong == 0, "the guest: %s, %lu writes lost",
             exit.text().c_str(), machine.vcpu().mailbox().wrong);
  runner.expect_just(check, "the guest");
  check.that(accesses > 0, "DAMON saw no access to what the guest writes all the time");
  check.that(wrong == 0, "DAMON saw %lu accesses to what nobody uses", wrong);
  check.that(watch.counters().agings() > 0, "KVM was never asked for an age");
  check.that(watch.counters().young_tests() > 0, "KVM was never asked whether a page is young");
  lib::ktap::diagnostic("%lu accesses seen where the guest writes", accesses);
}

}  // namespace kproof::kvm::aging
