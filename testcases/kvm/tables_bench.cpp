#include <cstring>

#include "kvm/guest_tables.hpp"

namespace kproof::kvm::tables {

// Low memory once more, where the guest may write to its page tables.
static constexpr Gva kWindowGva = Gva{6} << 40;

Bench::Bench(const TablesContext& context) : machine_(context.machine()), script_(machine_.vcpu()) {
  machine_.tables().map(kWindowGva, 0, machine_.vm().low_size(), kPage4K);
  for (std::size_t page = 0; page < machine_.words(); ++page)
    word(page) = kMark + page;
}

Step Bench::set(Gpa entry, Pte value) {
  return steps::write(kWindowGva + entry, value);
}

Pte* Bench::host_table(Pte entry) {
  constexpr Pte kFlags = kPage4K - 1;
  return static_cast<Pte*>(machine_.vm().low(entry & ~kFlags));
}

Pte Bench::new_table(Gpa gpa) {
  const Pte table = machine_.vm().alloc_page() | kTable;
  PageTables::fill_table(host_table(table), gpa);
  return table;
}

Pte Bench::copy_table(std::size_t page, unsigned level) {
  const Pte table = machine_.vm().alloc_page() | kTable;
  std::memcpy(host_table(table), host_table(machine_.tables().entry_gpa(gva(page), level)),
              kPage4K);
  return table;
}

std::uint64_t Bench::count(const char* name) {
  const Stats& vm = machine_.vm().stats();
  return (vm.has(name) ? vm : machine_.vcpu().stats()).get(name);
}

bool expect_done(lib::Check& check, const Ran& ran, const char* when) {
  return check.that(ran.exit.done(), "%s: the guest ended by %s", when, ran.exit.text().c_str());
}

void expect_word(lib::Check& check, const Ran& ran, std::size_t i, std::uint64_t value,
                 const char* when) {
  check.that(ran[i].fault == 0 && ran[i].result == value, "%s: the guest reads %s, not %#lx", when,
             ran.text(i).c_str(), value);
}

void expect_through(lib::Check& check, const Ran& ran, std::size_t i, const char* when) {
  check.that(ran[i].fault == 0, "%s: %s", when, ran.text(i).c_str());
}

void expect_fault(lib::Check& check, const Ran& ran, std::size_t i, std::uint64_t code,
                  const char* when) {
  check.that(ran[i].fault == (Step::kFaulted | code) && ran[i].result == ran[i].address,
             "%s: %s, not a page fault %#lx at %#lx", when,
             ran[i].fault == 0 ? "it went through" : ran.text(i).c_str(), code, ran[i].address);
}

bool expect_nowhere(lib::Check& check, const Ran& ran) {
  return check.that(ran.exit.is_mmio() && ran.exit.mmio_gpa == kNowhere,
                    "no memory: the guest's access: %s, not KVM_EXIT_MMIO",
                    ran.exit.text().c_str());
}

void expect_host(lib::Check& check, Bench& bench, std::size_t page, std::uint64_t value,
                 const char* when) {
  check.that(bench.word(page) == value, "%s: the host reads %#lx in page %zu, not %#lx", when,
             bench.word(page), page, value);
}

void prove_followed(TablesContext& context, Bench& bench, const char* what,
                    std::initializer_list<Least> least) {
  if (!context.shadow()) {
    const std::uint64_t writes = bench.count("mmu_pte_write"), unsync = bench.count("mmu_unsync");
    return context.test.evidence(
        "kvm_followed", writes == 0 && unsync == 0,
        "%s: %s: the CPU walks the guest's tables; KVM followed %lu writes, mmu_unsync %lu", what,
        name_of(context.mode), writes, unsync);
  }
  bool proven = true;
  std::string text;
  for (const auto& [counter, value] : least) {
    const std::uint64_t count = bench.count(counter);
    proven = proven && count >= value;
    text += " " + std::string(counter) + " " + std::to_string(count) + " of at least " +
            std::to_string(value);
  }
  context.test.evidence("kvm_followed", proven, "%s:%s", what, text.c_str());
}

OtherMemory::OtherMemory(TablesContext& context, Bench& bench)
    : region_(context.provider, kPage2M) {
  for (std::size_t page = 0; page < region_.words(); ++page)
    *region_.word(page) = kOther + page;
  bench.machine().vm().set(slot());
}

}  // namespace kproof::kvm::tables
