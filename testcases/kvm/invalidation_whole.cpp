// Calls that change the whole process, the VM's low memory too.
#include "kvm/invalidation.hpp"
#include "lib/process.hpp"
#include "lib/sysfs.hpp"

namespace kproof::kvm::invalidation {

static void expect_all_zapped(const Context& context, Machine& machine, lib::Check& check,
                              const Change& change, const std::string& what) {
  const std::size_t entries = machine.region().length() / context.provider.entry_size();
  check.that(static_cast<long>(change.zapped) >= static_cast<long>(entries),
             "%s: %ld SPTEs were zapped of %zu", what.c_str(), static_cast<long>(change.zapped),
             entries);
  expect_flushes(check, machine.vm().stats(), change, what);
}

// A child shares the parent's memory until one of them writes: all that can be written is
// protected.
void forked(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  InvalidationRecorder& recorder = context.recorder;
  if (!fill(machine, check)) return;
  const HvaRange all = range_of(machine.region().base(), machine.region().length());
  const Change change =
      watch(machine, recorder, [&] { check.that(lib::in_child([] { return true; }), "no child"); });
  expect_ranges(check, change, all, "fork");
  expect_all_zapped(context, machine, check, change, "fork");
}

// The bits are of the host's entries, which a guest's write reaches by a fault alone. The notifier
// is called for all addresses that there are.
void soft_dirty_cleared(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  InvalidationRecorder& recorder = context.recorder;
  if (!fill(machine, check)) return;
  const Change change =
      watch(machine, recorder, [&] { lib::sysfs::write("/proc/self/clear_refs", "4"); });
  expect_all_zapped(context, machine, check, change, "clear_refs");
}

}  // namespace kproof::kvm::invalidation
