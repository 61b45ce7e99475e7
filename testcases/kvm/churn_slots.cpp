// One change of a slot at a time, and what the guest sees of its memory then.

#include <linux/kvm.h>

#include "kvm/churn.hpp"

namespace kproof::kvm::churn {

void remake(Machine& machine, unsigned flags) {
  machine.vm().remove(Machine::kRegionSlot);
  machine.vm().set(machine.slot(flags));
}

// By large guest pages where that can be, as there is little room for page tables.
void map_moved(Machine& machine) {
  const std::size_t size = machine.region().length();
  const std::size_t page = size % kPage2M == 0 ? std::max(kPage2M, machine.shape().guest_page)
                                               : machine.shape().guest_page;
  machine.tables().map(kMovedGva, machine.gpa_behind(), size + page, page);
}

void expect_words(Machine& machine, lib::Check& check, Gva gva, const char* when) {
  const Exit exit =
      machine.vcpu().call(GuestProgram::compare, {gva, machine.words(), machine.stride(), 1});
  check.that(exit.done() && exit.result == 0, "%s: the guest: %s, %lu of %zu words differ", when,
             exit.text().c_str(), exit.result, machine.words());
}

// Neither a read nor a write reaches memory; the write of 0 would show in expect_words().
static void expect_nothing_there(Machine& machine, lib::Check& check, Gva gva, const char* when) {
  for (const GuestProgram program : {GuestProgram::read, GuestProgram::write}) {
    const Exit exit = machine.vcpu().call(program, {gva, 0});
    check.that(exit.is_mmio(), "%s: the guest's %s: %s, not KVM_EXIT_MMIO", when, name_of(program),
               exit.text().c_str());
    const Exit end = machine.vcpu().resume();
    check.that(end.done(), "%s: the guest after its %s: %s", when, name_of(program),
               end.text().c_str());
  }
}

static void expect_deletions(Machine& machine, lib::Check& check) {
  if (!fill(machine, check)) return;
  for (unsigned i = 0; i < 8; ++i) {
    machine.vm().remove(Machine::kRegionSlot);
    for (const std::size_t word : {std::size_t{0}, machine.words() - 1})
      expect_nothing_there(machine, check, machine.gva(word), "slot deleted");
    machine.vm().set(machine.slot());
    expect_words(machine, check, kRegionGva, "slot made again");
  }
}

void deleted(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  expect_deletions(machine, check);
}

// KVM zaps all that the VM has when a slot goes, unless that is switched off: then the slot's
// alone, by a walk of its own (kvm_mmu_zap_memslot).
void deleted_alone(Context& context, lib::Check& check) {
  constexpr std::uint64_t kSlotZapAll = 1 << 7;  // KVM_X86_QUIRK_SLOT_ZAP_ALL, Linux 6.12
  Machine machine = context.machine();
  if (!machine.vm().enable(KVM_CAP_DISABLE_QUIRKS2, kSlotZapAll))
    return check.skip("KVM_X86_QUIRK_SLOT_ZAP_ALL is missing (Linux 6.12)");
  expect_deletions(machine, check);
}

void moved(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  map_moved(machine);
  if (!fill(machine, check)) return;
  for (unsigned i = 0; i < 8; ++i) {
    Slot away = machine.slot();
    away.gpa = machine.gpa_behind();
    machine.vm().set(away);
    expect_nothing_there(machine, check, kRegionGva, "slot moved away");
    expect_words(machine, check, kMovedGva, "slot moved away");
    machine.vm().set(machine.slot());
    expect_nothing_there(machine, check, kMovedGva, "slot moved back");
    expect_words(machine, check, kRegionGva, "slot moved back");
  }
}

// What was found out about the old place (which large pages fit, how many there are) is wrong here.
void moved_by_a_page(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  map_moved(machine);
  if (!fill(machine, check)) return;
  Slot away = machine.slot();
  away.gpa = machine.gpa_behind() + kPage4K;
  machine.vm().set(away);
  expect_words(machine, check, kMovedGva + kPage4K, "slot moved");
  machine.vm().set(machine.slot());
  expect_words(machine, check, kRegionGva, "slot moved back");
}

// What the host has around it and how the guest maps it would do for a larger SPTE, which would
// reach beyond the slot (kvm_lpage_info::disallow_lpage).
void ends_amid_entries(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  if (!fill(machine, check)) return;
  Slot slot = machine.slot();
  const Gva end = kRegionGva + slot.size;
  machine.vm().remove(Machine::kRegionSlot);
  slot.gpa += kPage4K;
  slot.host = static_cast<char*>(slot.host) + kPage4K;
  slot.size -= 2 * kPage4K;
  machine.vm().set(slot);
  for (const Gva within : {kRegionGva + kPage4K, end - 2 * kPage4K}) {
    const Exit exit = machine.vcpu().call(GuestProgram::write, {within, 1});
    check.that(exit.done(), "the guest's write in the slot: %s", exit.text().c_str());
  }
  expect_nothing_there(machine, check, kRegionGva, "before the slot");
  expect_nothing_there(machine, check, end - kPage4K, "behind the slot");
}

void read_only(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  if (!fill(machine, check)) return;
  for (unsigned i = 0; i < 8; ++i) {
    remake(machine, KVM_MEM_READONLY);
    expect_words(machine, check, kRegionGva, "read-only slot");
    for (const std::size_t word : {std::size_t{0}, machine.words() - 1}) {
      const Exit exit = machine.write(word, 0);
      check.that(exit.is_mmio(), "the guest's write of word %zu: %s, not KVM_EXIT_MMIO", word,
                 exit.text().c_str());
      const Exit end = machine.vcpu().resume();
      check.that(end.done(), "the guest after its write of word %zu: %s", word, end.text().c_str());
    }
    expect_words(machine, check, kRegionGva, "read-only slot, after writes");
    remake(machine, 0);
    const Exit exit = machine.write(0, 1);
    check.that(exit.done(), "slot writable again: the guest's write: %s", exit.text().c_str());
  }
}

}  // namespace kproof::kvm::churn
