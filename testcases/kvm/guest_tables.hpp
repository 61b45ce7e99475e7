// The behaviours of guest_tables: whoever rewrites the guest's page tables, the guest's next access
// is translated by what stands there then, once the old translation is not allowed any more.
//
// The shadow MMU keeps SPTEs of its own for the guest's tables, so it must follow them: it
// write-protects tables above level 1 and emulates writes to them (kvm_mmu_track_write), lets the
// guest write to those of level 1 ("unsync") until INVLPG or a load of CR3 make it look again, and
// sets A and D in the guest's stead. With TDP the CPU walks the guest's tables, and KVM has no part
// in it but that a page may go elsewhere.
//
// What emulation shows: QEMU's TCG flushes the TLB at each VMRUN and holds to INVLPG in between, so
// what KVM's SPTEs say is seen. Not seen is a flush of the CPU's TLB that KVM leaves out.
#pragma once

#include "kvm/guest_script.hpp"
#include "kvm/mmu_mode.hpp"
#include "kvm/suite.hpp"

namespace kproof::kvm::tables {

struct TablesContext : Context {
  MmuMode mode;

  bool shadow() const { return mode == MmuMode::shadow; }
};

// Memory of 4 MiB: two halves, and for each a page table of the guest.
inline constexpr std::size_t kHalf = kPage2M / kPage4K;  // pages
inline constexpr std::uint64_t kMark = 0x600d0000;       // page i holds this + i, at first
// Pages that the behaviours look at: two of the first half, and one of the other.
inline constexpr std::size_t kPage = 3, kFarPage = 100, kOtherPage = kHalf + 88;

// A machine whose guest may write to its own page tables.
class Bench {
 public:
  explicit Bench(const TablesContext& context);

  Machine& machine() { return machine_; }
  Ran run(std::vector<Step> steps) { return script_.run(std::move(steps)); }
  Ran resume() { return script_.resume(); }
  mm::Word& word(std::size_t page) { return *machine_.region().word(page); }
  Gva gva(std::size_t page) const { return machine_.gva(page); }
  // A PTE, or with kLarge a PDE, for this page.
  static Pte leaf(std::size_t page) { return (kRegionGpa + page * kPage4K) | kLeaf; }

  // The entry of `level` that translates the page: the host's view of it, and the guest's writing.
  volatile Pte& entry(std::size_t page, unsigned level) {
    return *machine_.tables().entry(gva(page), level);
  }
  Step set(std::size_t page, unsigned level, Pte value) {
    return set(machine_.tables().entry_gpa(gva(page), level), value);
  }
  static Step set(Gpa entry, Pte value);
  // A table of the guest that maps 2 MiB from `gpa` on by 4 KiB; and one of any level, a copy of
  // that which holds this page's entry of `level`. As entries.
  Pte new_table(Gpa gpa);
  Pte copy_table(std::size_t page, unsigned level);
  Pte* host_table(Pte entry);

  // Growth of a counter since the machine was made, of the VM or of its vCPU.
  std::uint64_t count(const char* name);

 private:
  Machine machine_;
  Script script_;
};

// The script ended, and step i read `value`, or went through, or faulted with `code`.
bool expect_done(lib::Check& check, const Ran& ran, const char* when);
void expect_word(lib::Check& check, const Ran& ran, std::size_t i, std::uint64_t value,
                 const char* when);
void expect_through(lib::Check& check, const Ran& ran, std::size_t i, const char* when);
void expect_fault(lib::Check& check, const Ran& ran, std::size_t i, std::uint64_t code,
                  const char* when);
// Where there is no slot; and that KVM handed us the access there.
inline constexpr Gpa kNowhere = kRegionGpa + (Gpa{16} << 30);
bool expect_nowhere(lib::Check& check, const Ran& ran);
// The host's view of a page.
void expect_host(lib::Check& check, Bench& bench, std::size_t page, std::uint64_t value,
                 const char* when);

// Evidence `kvm_followed`, of what KVM does also if what it makes of it is wrong: with the shadow
// MMU each of these counters is at least that; with TDP
// KVM shadows nothing: mmu_pte_write and mmu_unsync are 0.
struct Least {
  const char* counter;
  std::uint64_t value;
};
void prove_followed(TablesContext& context, Bench& bench, const char* what,
                    std::initializer_list<Least> least);

// tables_leaf.cpp: the guest changes a PTE
void read_only(TablesContext&, lib::Check&);
void other_page(TablesContext&, lib::Check&);
void not_present(TablesContext&, lib::Check&);
void no_execute(TablesContext&, lib::Check&);
void write_protect_off(TablesContext&, lib::Check&);
void no_memory(TablesContext&, lib::Check&);

// tables_upper.cpp: the guest changes an entry above, or its root
void large_and_small(TablesContext&, lib::Check&);
void flooded(TablesContext&, lib::Check&);
void upper_levels(TablesContext&, lib::Check&);
void roots_that_share(TablesContext&, lib::Check&);

// tables_bits.cpp
void accessed_and_dirty(TablesContext&, lib::Check&);
void accessed_and_dirty_large(TablesContext&, lib::Check&);
void cleared_bits(TablesContext&, lib::Check&);

// tables_logged.cpp: who sets them has written to a page of the guest's
void logged_tables(TablesContext&, lib::Check&);

// tables_host.cpp: the host rewrites them, behind KVM's back
void host_to_no_memory(TablesContext&, lib::Check&);
void host_moves_large(TablesContext&, lib::Check&);
void host_makes_table(TablesContext&, lib::Check&);
void host_makes_large(TablesContext&, lib::Check&);

// tables_race.cpp: and while the vCPU runs
void host_rewrites_under_vcpu(TablesContext&, lib::Check&);

// Memory in a slot of its own, of 2 MiB; page i holds kOther + i.
inline constexpr std::uint64_t kOther = 0x07e40000;
class OtherMemory {
 public:
  OtherMemory(TablesContext& context, Bench& bench);
  static constexpr Gpa kGpa = kRegionGpa + (Gpa{8} << 30);
  static constexpr unsigned kSlot = 3;

  const mm::Region& region() const { return region_; }
  Slot slot() const { return {kSlot, kGpa, region_.length(), region_.base()}; }

 private:
  mm::Region region_;
};

}  // namespace kproof::kvm::tables
