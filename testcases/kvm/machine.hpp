// A VM with one region under test and vCPUs that see it: what most cases start from.
#pragma once

#include <memory>
#include <vector>

#include "kvm/vcpu.hpp"
#include "mm/mapping.hpp"

namespace kproof::kvm {

class Machine {
 public:
  struct Shape {
    std::size_t size;                  // of the region, bytes
    std::size_t guest_page = kPage4K;  // by which the guest maps it
    unsigned vcpus = 1;
    std::size_t more_low = 0;  // bytes of low memory for what else the case maps
  };
  static constexpr unsigned kRegionSlot = 1;

  // The region is at kRegionGpa and kRegionGva, and fresh from the provider: not yet populated.
  Machine(const Kvm& kvm, mm::Provider& provider, const Shape& shape);

  const mm::Region& region() const { return region_; }
  // The region as a slot, with these flags.
  Slot slot(unsigned flags = 0) const;
  // A place for another slot: the first whole gibibyte behind the region's.
  Gpa gpa_behind() const { return kRegionGpa + (region_.length() / kPage1G + 1) * kPage1G; }
  Vm& vm() { return vm_; }
  PageTables& tables() { return tables_; }
  Vcpu& vcpu(unsigned id = 0) { return *vcpus_[id]; }
  const Shape& shape() const { return shape_; }

  // The region is looked at through the words of mm::Region, stride() bytes apart.
  std::size_t words() const { return region_.words(); }
  std::size_t stride() const { return stride_; }
  Gva gva(std::size_t word) const { return kRegionGva + word * stride_; }
  // Vcpu 0 accesses one word, or words [first, first + count).
  Exit read(std::size_t word);
  Exit write(std::size_t word, std::uint64_t value);
  Exit fill(std::size_t first, std::size_t count, std::uint64_t value);
  Exit compare(std::size_t first, std::size_t count, std::uint64_t value);

 private:
  Shape shape_;
  std::size_t stride_;
  mm::Region region_;
  Vm vm_;
  PageTables tables_;
  std::vector<std::unique_ptr<Vcpu>> vcpus_;
};

// Evidence `spte_size`: vCPU 0 touches each word of a populated region that it has not touched
// before, and KVM's count of SPTEs of `wanted` bytes, which is the smaller one of guest page (in
// shadow mode) and host's entry, grows by what the region holds. Besides, the TDP MMU maps the
// guest's page tables, by 4 KiB.
void prove_spte_size(lib::Case& test, Machine& machine, std::size_t wanted);

}  // namespace kproof::kvm
