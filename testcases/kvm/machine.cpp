#include "kvm/machine.hpp"

namespace kproof::kvm {

// Pages for the tables of the region, of the library's own pages, and of a probe or two.
static std::size_t low_size(const Machine::Shape& shape) {
  const std::size_t tables = shape.guest_page == kPage4K ? shape.size / kPage2M + 1 : 0;
  const std::size_t directories = shape.size / kPage1G + 1;
  return kFreeGpa + (tables + directories + 256) * kPage4K + shape.more_low;
}

Machine::Machine(const Kvm& kvm, mm::Provider& provider, const Shape& shape)
    : shape_(shape),
      stride_(provider.stride()),
      region_(provider, shape.size),
      vm_(kvm, low_size(shape)),
      tables_(vm_) {
  vm_.set(slot());
  tables_.map(kRegionGva, kRegionGpa, shape.size, shape.guest_page);
  for (unsigned id = 0; id < shape.vcpus; ++id)
    vcpus_.push_back(std::make_unique<Vcpu>(vm_, tables_, id));
}

Slot Machine::slot(unsigned flags) const {
  return {.id = kRegionSlot,
          .gpa = kRegionGpa,
          .size = region_.length(),
          .host = region_.base(),
          .flags = flags};
}

Exit Machine::read(std::size_t word) {
  return vcpu().call(GuestProgram::read, {gva(word)});
}
Exit Machine::write(std::size_t word, std::uint64_t value) {
  return vcpu().call(GuestProgram::write, {gva(word), value});
}
Exit Machine::fill(std::size_t first, std::size_t count, std::uint64_t value) {
  return vcpu().call(GuestProgram::fill, {gva(first), count, stride_, value});
}
Exit Machine::compare(std::size_t first, std::size_t count, std::uint64_t value) {
  return vcpu().call(GuestProgram::compare, {gva(first), count, stride_, value});
}

static std::uint64_t of_size(const SpteCounts& counts, std::size_t size) {
  if (size == kPage1G) return counts.pud;
  return size == kPage2M ? counts.pmd : counts.small;
}

void prove_spte_size(lib::Case& test, Machine& machine, std::size_t wanted) {
  const SpteCounts before = count_sptes(machine.vm().stats());
  const Exit exit =
      machine.vcpu().call(GuestProgram::touch, {machine.gva(0), machine.words(), machine.stride()});
  const SpteCounts after = count_sptes(machine.vm().stats());
  const SpteCounts grown{after.small - before.small, after.pmd - before.pmd,
                         after.pud - before.pud};
  const std::size_t entries = machine.region().length() / wanted;
  const std::size_t others = machine.tables().tables();
  const bool proven = exit.done() && of_size(grown, wanted) >= entries &&
                      grown.all() <= entries + others &&
                      (wanted == kPage4K || of_size(grown, wanted) == entries);
  test.evidence(
      "spte_size", proven,
      "the guest's touch (%s) made %lu SPTEs of 4 KiB, %lu of 2 MiB, %lu of 1 GiB; wanted "
      "%zu of %zu KiB, and up to %zu for the guest's page tables",
      exit.text().c_str(), grown.small, grown.pmd, grown.pud, entries, wanted >> 10, others);
}

}  // namespace kproof::kvm
