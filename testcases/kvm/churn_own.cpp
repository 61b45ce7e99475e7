// What KVM writes to the guest's memory by the host's own mapping is logged, as if the guest had
// written it: no SPTE tells of it, so each place that writes must say so (mark_page_dirty_in_slot).
#include <linux/kvm.h>

#include "kvm/churn.hpp"

namespace kproof::kvm::churn {

// arch/x86/include/uapi/asm/kvm_para.h: guest-physical addresses where KVM is to write.
static constexpr std::uint32_t kWallClock = 0x4b564d00, kSystemTime = 0x4b564d01;
static constexpr std::uint64_t kEnable = 1;

namespace {

struct Place {
  const char* what;
  std::uint32_t msr;
  std::uint64_t flags;
  std::size_t word;  // of the region
};

}  // namespace

// The wall clock is written at once (kvm_write_guest), the system time when the vCPU is entered
// (gfn_to_pfn_cache).
void logged_of_kvm(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  DirtyLog log = start_log(machine);
  const std::size_t last = machine.words() - 1;
  for (const Place& place : {Place{"the wall clock", kWallClock, 0, last},
                             {"the system time", kSystemTime, kEnable, last / 2}}) {
    const std::size_t offset = place.word * machine.stride();
    for (unsigned round = 0; round < 2; ++round) {
      *machine.region().word(place.word) = 0;
      log.get();
      if (!machine.vcpu().set_msr(place.msr, (kRegionGpa + offset) | place.flags)) {
        check.that(false, "KVM_SET_MSRS refuses the place of %s", place.what);
        break;
      }
      const Exit exit = machine.read(0);
      if (!check.that(exit.done(), "the guest's read: %s", exit.text().c_str())) return;
      if (!check.that(*machine.region().word(place.word) != 0, "KVM did not write %s", place.what))
        return;
      log.get();
      check.that(log.has(offset), "round %u: %s, which KVM has written, is not in the log", round,
                 place.what);
    }
  }
}

}  // namespace kproof::kvm::churn
