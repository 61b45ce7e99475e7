#include "kvm/guest_script.hpp"

#include <cstdio>
#include <cstring>

#include <linux/kvm.h>

namespace kproof::kvm {

// In the second page, behind the IDT.
static constexpr std::size_t kGdtOffset = 0x400;
static constexpr unsigned kPageFault = 14;

// Flat: null, 64-bit code at selector 8, data at 16, as enter_long_mode() has loaded them.
static constexpr std::uint64_t kGdt[] = {0, 0x00af9b000000ffff, 0x00cf93000000ffff};

// Intel SDM volume 3, 6.14.1: an interrupt gate of 16 bytes.
struct Gate {
  std::uint16_t low, selector, type, middle;
  std::uint32_t high, reserved;
};

static Gate gate(Gva handler) {
  return {static_cast<std::uint16_t>(handler),
          8,
          0x8e00,  // present, of ring 0, no other stack
          static_cast<std::uint16_t>(handler >> 16),
          static_cast<std::uint32_t>(handler >> 32),
          0};
}

ScriptArea::ScriptArea(const Vm& vm, unsigned index)
    : vm_(vm), gpa_(kScriptGpa + index * 2 * kPage4K) {
  const Gate fault = gate(kCodeGpa + script_fault_offset());
  std::memcpy(static_cast<Gate*>(vm.low(idt().base)) + kPageFault, &fault, sizeof fault);
  std::memcpy(vm.low(gdt().base), kGdt, sizeof kGdt);
}

ScriptArea::Table ScriptArea::idt() const {
  return {gpa_ + kPage4K, (kPageFault + 1) * sizeof(Gate) - 1};
}
ScriptArea::Table ScriptArea::gdt() const {
  return {gpa_ + kPage4K + kGdtOffset, sizeof kGdt - 1};
}

void ScriptArea::put(std::vector<Step> steps) {
  count_ = steps.size();
  if (count_ > kMostSteps) lib::ktap::bail_out("mistake in this program: %zu steps", count_);
  steps.push_back({Step::Op::end});
  std::memcpy(vm_.low(gpa_), steps.data(), steps.size() * sizeof(Step));
}

std::vector<Step> ScriptArea::get() const {
  std::vector<Step> steps(count_);
  std::memcpy(steps.data(), vm_.low(gpa_), count_ * sizeof(Step));
  return steps;
}

Script::Script(Vcpu& vcpu) : vcpu_(vcpu), area_(vcpu.vm(), vcpu.id()) {
  kvm_sregs sregs{};
  KPROOF_IOCTL(vcpu.fd(), KVM_GET_SREGS, &sregs);
  sregs.idt = {.base = area_.idt().base, .limit = area_.idt().limit, .padding = {}};
  sregs.gdt = {.base = area_.gdt().base, .limit = area_.gdt().limit, .padding = {}};
  sregs.efer |= kEferNxe;
  KPROOF_IOCTL(vcpu.fd(), KVM_SET_SREGS, &sregs);
}

Ran Script::run(std::vector<Step> steps) {
  area_.put(std::move(steps));
  const Exit exit = vcpu_.call(GuestProgram::script, {area_.steps(), area_.stack_end()});
  return {exit, area_.get()};
}

Ran Script::resume() {
  const Exit exit = vcpu_.resume();
  return {exit, area_.get()};
}

std::string Ran::text(std::size_t i) const {
  char text[64];
  if (steps[i].fault == 0)
    std::snprintf(text, sizeof text, "%#lx", steps[i].result);
  else
    std::snprintf(text, sizeof text, "page fault %#lx at %#lx", steps[i].fault & ~Step::kFaulted,
                  steps[i].result);
  return text;
}

}  // namespace kproof::kvm
