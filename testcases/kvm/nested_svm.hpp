// A guest that is a hypervisor: L1 enters a guest of its own, L2, by VMRUN. AMD64 APM volume 2, 15.
//
// L2 runs `script`, as L1 does, by L1's page tables: what is virtual to L1 is so to L2. Physical
// addresses of L2 are those of L1, too, as long as L1's nested page tables say so; where L0, the
// kernel under test, has none (npt=0), there are none, and KVM shadows L2's page tables.
//
// VMX would be another file behind the same interface.
#pragma once

#include <memory>

#include "kvm/guest_script.hpp"

namespace kproof::kvm {

// How L2 was left.
struct NestedExit {
  enum class Kind : std::uint8_t {
    ended,         // its script ended
    nested_fault,  // L1's nested page tables do not allow it: `error`, as of a page fault, and
                   // `gpa`
    strange,
  };
  Kind kind;
  std::uint64_t code, error;
  Gpa gpa;

  std::string text() const;
};

class NestedSvm {
 public:
  // Why there cannot be one, which is a fact about this machine; "" if there can.
  static std::string missing(const Kvm& kvm);

  // Makes `vcpu` a hypervisor, which uses `tables`; with nested page tables, which map low memory
  // alone, or without.
  NestedSvm(Vcpu& vcpu, PageTables& tables, bool nested_paging);

  // L1's tables for L2's physical addresses.
  PageTables& nested() { return *nested_; }

  // What L1 does to have L2 do these steps from the start.
  std::vector<Step> enter(std::vector<Step> l2);
  // What L2 left; after L1 has left it.
  NestedExit exit() const;
  std::vector<Step> l2() const { return area_.get(); }

 private:
  template <class T>
  T& field(std::size_t offset) const {
    return *reinterpret_cast<T*>(static_cast<char*>(vcpu_.vm().low(vmcb_)) + offset);
  }
  void fill_control();
  void fill_state(Gpa root);

  Vcpu& vcpu_;
  ScriptArea area_;
  Gpa vmcb_, io_bitmap_;
  std::unique_ptr<PageTables> nested_;  // nullptr: without
};

}  // namespace kproof::kvm
