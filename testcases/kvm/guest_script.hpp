// What a guest does step by step, as the case writes it at run time: page tables changed, INVLPG,
// and what is seen then, in one KVM_RUN, which is left where KVM leaves it.
#pragma once

#include <string>
#include <vector>

#include "kvm/vcpu.hpp"

namespace kproof::kvm {

namespace steps {
constexpr Step read(Gva address) {
  return {Step::Op::read, address};
}
constexpr Step write(Gva address, std::uint64_t value) {
  return {Step::Op::write, address, value};
}
constexpr Step invlpg(Gva address) {
  return {Step::Op::invlpg, address};
}
constexpr Step cr3(Gpa root) {
  return {Step::Op::cr3, 0, root};
}
constexpr Step cr0(std::uint64_t value) {
  return {Step::Op::cr0, 0, value};
}
constexpr Step call(Gva address) {
  return {Step::Op::call, address};
}
constexpr Step add(Gva address) {
  return {Step::Op::add, address};
}
constexpr Step again(Gva until) {
  return {Step::Op::again, until};
}
}  // namespace steps

// Bits of the error code of a page fault; the same on Intel and AMD.
inline constexpr std::uint64_t kFaultPresent = 1, kFaultWrite = 2, kFaultFetch = 16;

// What became of the steps. Those behind the one at which the vCPU stands have not been done.
struct Ran {
  Exit exit;
  std::vector<Step> steps;

  const Step& operator[](std::size_t i) const { return steps[i]; }
  std::string text(std::size_t i) const;  // "0x17", "page fault 0x3"
};

// Memory of a guest that runs `script`, below kFreeGpa: a page of steps, and one of descriptor
// tables, with a handler of page faults, and a stack.
class ScriptArea {
 public:
  // `index` below kMostVcpus: that of the vCPU, or of one that there is not.
  ScriptArea(const Vm& vm, unsigned index);

  Gpa steps() const { return gpa_; }
  Gpa stack_end() const { return gpa_ + 2 * kPage4K; }
  struct Table {
    Gpa base;
    std::uint16_t limit;
  };
  Table idt() const;
  Table gdt() const;

  void put(std::vector<Step> steps);
  std::vector<Step> get() const;  // as the guest has left them

  static constexpr std::size_t kMostSteps = kPage4K / sizeof(Step) - 1;

 private:
  const Vm& vm_;
  Gpa gpa_;
  std::size_t count_ = 0;
};

inline constexpr std::uint64_t kEferNxe = 1 << 11;

class Script {
 public:
  // Gives the vCPU the tables of its area, and EFER.NXE. Its other programs still end at their
  // first exception but page faults, which they must not have.
  explicit Script(Vcpu& vcpu);

  Ran run(std::vector<Step> steps);
  Ran resume();  // where the vCPU stands

 private:
  Vcpu& vcpu_;
  ScriptArea area_;
};

}  // namespace kproof::kvm
