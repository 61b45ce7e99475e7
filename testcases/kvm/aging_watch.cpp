#include "kvm/aging.hpp"
#include "machine/hypervisor.hpp"

namespace kproof::kvm::aging {

Watch::Watch(Context& context, const Machine& machine, const char* subtest)
    : context_(context),
      subtest_(subtest),
      counters_(hva_range(machine.region()), notified_vms()) {}

Watch::~Watch() {
  const bool asked = counters_.agings() > 0;
  context_.test.evidence("agings_counted", asked || !asks_nobody_.empty(),
                         "%s: kvm:kvm_age_hva: %lu, kvm:kvm_test_age_hva: %lu%s%s%s%s", subtest_,
                         counters_.agings(), counters_.young_tests(),
                         asked || asks_nobody_.empty() ? "" : "; ",
                         asked ? "" : asks_nobody_.c_str(), counters_.problem().empty() ? "" : "; ",
                         counters_.problem().c_str());
}

void expect_seen(lib::Check& check, std::size_t unseen, std::size_t used, bool flushed,
                 const char* what) {
  const bool few = unseen * 10 < used;
  if (!few && !flushed && !machine::hypervisor().empty())
    return lib::ktap::diagnostic(
        "warning: %s: %zu of %zu pages that the guest used look unused; no flush was counted, and "
        "this is a VM, so TLBs may hold them",
        what, unseen, used);
  check.that(few, "%s: %zu of %zu pages that the guest used look unused", what, unseen, used);
}

void expect_filled(Machine& machine, lib::Check& check, const char* when) {
  const Exit exit = machine.compare(0, machine.words(), 1);
  check.that(exit.done() && exit.result == 0, "%s: the guest: %s, %lu of %zu words differ", when,
             exit.text().c_str(), exit.result, machine.words());
}

}  // namespace kproof::kvm::aging
