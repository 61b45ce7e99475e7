#pragma once

#include <string>

namespace kproof::machine {

// Keeps a VM with one vCPU that never runs, until this process ends. "" or the call that failed.
//
// For guests under TCG that are hypervisors. The first VM, the last, and each vCPU whose local APIC
// is off switch static keys of KVM and of the scheduler (preempt_notifier_key, apic_sw_disabled):
// text_poke() writes an int3 there while other CPUs run. TCG with a thread for each CPU (QEMU 7.2)
// now and then executes such an int3 after the kernel is done with it, which is a panic that no
// hardware has: "Oops: int3" in apic_has_pending_timer or __schedule, seen on Debian 6.12 after 4
// and after 48 VMs of 2 vCPUs; none in 130 VMs while another VM was kept. With it the keys stay on;
// while it switches them itself, the other CPUs are parked (parked_cpus.hpp).
std::string hold_kvm_keys();

}  // namespace kproof::machine
