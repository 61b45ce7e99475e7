// Changes of slots that KVM must not take, or all of which it must carry out.
#include <cerrno>
#include <cstring>

#include <linux/kvm.h>

#include "kvm/churn.hpp"

namespace kproof::kvm::churn {

// KVM wants a new slot for that, as it would have to take rights from SPTEs.
void made_read_only(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  if (!fill(machine, check)) return;
  const int error = machine.vm().try_set(machine.slot(KVM_MEM_READONLY));
  const Exit exit = machine.write(0, 1);
  if (error == 0)
    check.that(exit.is_mmio(), "the slot was made read-only, and the guest's write: %s",
               exit.text().c_str());
  else
    check.that(error == EINVAL && exit.done(), "the slot is not made read-only: %s; a write: %s",
               strerrorname_np(error), exit.text().c_str());
}

static void expect_error(Machine& machine, lib::Check& check, const Slot& slot, int wanted,
                         const char* what) {
  const int error = machine.vm().try_set(slot);
  check.that(error == wanted, "%s: %s, not %s", what, error ? strerrorname_np(error) : "a success",
             wanted ? strerrorname_np(wanted) : "a success");
  if (error == 0 && slot.id != Machine::kRegionSlot) machine.vm().remove(slot.id);
}

// A guest's address must lead to one memory, and what KVM knows of a slot fits its memory and size.
void overlapping(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  if (!fill(machine, check)) return;
  const Slot slot = machine.slot();
  constexpr unsigned kOther = Machine::kRegionSlot + 1;
  const Gpa end = slot.gpa + slot.size;
  const auto other = [&](Gpa gpa, std::size_t size) { return Slot{kOther, gpa, size, slot.host}; };
  expect_error(machine, check, other(slot.gpa, slot.size), EEXIST, "another slot at its place");
  expect_error(machine, check, other(slot.gpa - kPage4K, 2 * kPage4K), EEXIST,
               "another slot up to its first page");
  expect_error(machine, check, other(end - kPage4K, 2 * kPage4K), EEXIST,
               "another slot from its last page on");
  expect_error(machine, check, other(slot.gpa - kPage4K, kPage4K), 0, "a slot right before it");
  expect_error(machine, check, other(end, kPage4K), 0, "a slot right behind it");
  Slot changed = slot;
  changed.host = static_cast<char*>(slot.host) + kPage4K;
  expect_error(machine, check, changed, EINVAL, "other memory for it");
  changed = slot;
  changed.size -= kPage4K;
  expect_error(machine, check, changed, EINVAL, "another size for it");
  expect_words(machine, check, kRegionGva, "after all of that");
}

}  // namespace kproof::kvm::churn
