#pragma once

#include <string>

namespace kproof::machine {

// Keeps two VMs with one vCPU each that never runs, one with a local APIC and one without, until
// this process ends. "" or the call that failed.
//
// For guests under TCG that are hypervisors. The first VM, the last, each vCPU whose local APIC is
// off, the first and the last that has none, as those of our cases, switch static keys of KVM and
// of the scheduler (preempt_notifier_key, apic_sw_disabled, and kvm_has_noapic_vcpu at 93 places of
// kvm.ko): text_poke() writes an int3 there while other CPUs run. TCG with a thread for each CPU
// (QEMU 7.2) now and then executes such an int3 after the kernel is done with it, which is a panic
// that no hardware has: "Oops: int3" in apic_has_pending_timer or __schedule, seen on Debian 6.12
// after 4 and after 48 VMs of 2 vCPUs; none in 130 VMs while another VM was kept. With it the keys
// stay on; while it switches them itself, the other CPUs are parked (parked_cpus.hpp).
std::string hold_kvm_keys();

}  // namespace kproof::machine
