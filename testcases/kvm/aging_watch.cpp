#include "kvm/aging.hpp"

namespace kproof::kvm::aging {

static HvaRange range_of(const Machine& machine) {
  return {reinterpret_cast<std::uintptr_t>(machine.region().base()), machine.region().length()};
}

Watch::Watch(Context& context, const Machine& machine)
    : context_(context), counters_(range_of(machine), notified_vms()) {}

Watch::~Watch() {
  context_.agings += counters_.agings();
  context_.young_tests += counters_.young_tests();
}

bool fill(Machine& machine, lib::Check& check) {
  const Exit exit = machine.fill(0, machine.words(), 1);
  return check.that(exit.done(), "the guest's writes: %s", exit.text().c_str());
}

void expect_filled(Machine& machine, lib::Check& check, const char* when) {
  const Exit exit = machine.compare(0, machine.words(), 1);
  check.that(exit.done() && exit.result == 0, "%s: the guest: %s, %lu of %zu words differ", when,
             exit.text().c_str(), exit.result, machine.words());
}

}  // namespace kproof::kvm::aging
