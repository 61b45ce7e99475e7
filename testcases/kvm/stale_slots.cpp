// Changes of memory that a slot holds a part of, and of memory that lies in two slots.
//
// A notifier's range is of the host's addresses, and knows nothing of slots: KVM looks for all that
// it meets, and cuts it to each of them (__kvm_handle_hva_range).
#include <sys/mman.h>

#include "kvm/stale.hpp"

namespace kproof::kvm::stale {

// By which the guest maps the second slot.
static constexpr Gva kSecondGva = kRegionGva + (Gva{1} << 39);

// Words [first, first + count) of the region, at their place.
static Slot slot_of(const Machine& machine, unsigned id, std::size_t first, std::size_t count) {
  const std::size_t offset = first * machine.stride();
  return {id, kRegionGpa + offset, count * machine.stride(), machine.region().base() + offset};
}

// The middle half. What is protected begins before it, ends behind it, or both: whole entries, as
// no part of one can be protected everywhere.
void slot_of_a_part(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  const std::size_t words = machine.words(), first = words / 4, last = first + words / 2 - 1;
  const std::size_t entry = context.provider.words_per_entry();
  machine.vm().remove(Machine::kRegionSlot);
  machine.vm().set(slot_of(machine, Machine::kRegionSlot, first, last - first + 1));
  struct Change {
    const char* when;
    std::size_t from, to;  // words
  };
  for (const Change change :
       {Change{"PROT_READ of more than the slot", 0, words},
        {"PROT_READ up to the slot's first entry", 0, (first / entry + 1) * entry},
        {"PROT_READ from the slot's last entry on", last / entry * entry, words}}) {
    for (const std::size_t word : {first, last})
      if (!expect_lands(machine, check, word, word, "read-write")) return;
    machine.region().protect(check, PROT_READ, change.from, change.to - change.from);
    for (const std::size_t word : {first, last}) {
      if (word >= change.from && word < change.to)
        expect_refused(machine, check, word, change.when);
      else
        expect_lands(machine, check, word, ~word, change.when);
    }
    machine.region().protect(check, mm::kReadWrite);
  }
}

void two_slots(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  const std::size_t half = machine.words() / 2;
  machine.vm().remove(Machine::kRegionSlot);
  machine.vm().set(slot_of(machine, Machine::kRegionSlot, 0, half));
  machine.vm().set(slot_of(machine, kSecondSlot, half, machine.words() - half));
  for (const std::size_t word : some_words(machine))
    if (!expect_lands(machine, check, word, word, "read-write")) return;
  machine.region().protect(check, PROT_READ);
  for (const std::size_t word : some_words(machine))
    expect_refused(machine, check, word, "after PROT_READ of two slots");
  machine.region().protect(check, mm::kReadWrite);
  for (const std::size_t word : some_words(machine))
    expect_lands(machine, check, word, ~word, "read-write again");
}

// Where the guest has each word.
static std::vector<Gva> places(const Machine& machine, std::size_t word) {
  return {machine.gva(word), kSecondGva + word * machine.stride()};
}

void memory_of_two_slots(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  Slot second = machine.slot();
  second.id = kSecondSlot;
  second.gpa = machine.gpa_behind();
  machine.vm().set(second);
  machine.tables().map(kSecondGva, second.gpa, second.size, machine.shape().guest_page);
  const auto write = [&](Gva gva, std::uint64_t value) {
    return machine.vcpu().call(GuestProgram::write, {gva, value});
  };
  for (const int prot : {PROT_READ, PROT_NONE}) {
    for (const std::size_t word : some_words(machine))
      for (const Gva gva : places(machine, word)) {
        const Exit exit = write(gva, gva);
        check.that(exit.done() && *machine.region().word(word) == gva,
                   "read-write: the guest's write at %#lx: %s, the host reads %#lx", gva,
                   exit.text().c_str(), *machine.region().word(word));
      }
    machine.region().protect(check, prot);
    for (const std::size_t word : some_words(machine))
      for (const Gva gva : places(machine, word)) {
        const Exit exit = write(gva, 0);
        check.that(exit.refused(), "after %s: the guest's write at %#lx: %s", mm::prot_name(prot),
                   gva, exit.text().c_str());
      }
    machine.region().protect(check, mm::kReadWrite);
  }
}

}  // namespace kproof::kvm::stale
