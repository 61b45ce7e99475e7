// A vCPU in System Management Mode, whose memory is of an address space of its own: KVM keeps two
// sets of slots, and SPTEs for each. Intel SDM volume 3, 32; AMD64 APM volume 2, 10.
#pragma once

#include <string>

#include "kvm/machine.hpp"

namespace kproof::kvm {

class Smm {
 public:
  // Why there cannot be one; "" if there can.
  static std::string missing(const Kvm& kvm);

  // Gives SMM its own page of code, and the region at kRegionGpaInSmm; the machine's vCPU 0 enters
  // it by the next write() and stays there.
  explicit Smm(Machine& machine);

  // Writes 32 bits, in real mode; the host sees them as those of word `word` of the region.
  Exit write(std::size_t word, std::uint32_t value);

 private:
  Machine& machine_;
};

}  // namespace kproof::kvm
