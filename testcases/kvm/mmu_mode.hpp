// Which of KVM's MMUs maps the guest's memory.
#pragma once

#include <optional>
#include <string_view>

#include "kvm/vcpu.hpp"

namespace kproof::kvm {

enum class MmuMode {
  shadow,      // npt=0 or ept=0: SPTEs for each guest-virtual page, from the guest's page tables
  tdp,         // npt or ept, by the TDP MMU (arch/x86/kvm/mmu/tdp_mmu.c)
  tdp_legacy,  // npt or ept, by the shadow MMU's code: tdp_mmu=0, or a kernel before 5.15
};
const char* name_of(MmuMode mode);  // "shadow", "tdp", "tdp-legacy", as plans have it
std::optional<MmuMode> mmu_mode(std::string_view name);

// Evidence `mmu_mode`. What the module parameters say and what this VM does must agree, and be what
// the environment variable KPROOF_MMU asks for, if it is set. How a VM behaves: one page under
// eight guest-virtual addresses takes eight SPTEs in shadow mode and one else, and the TDP MMU
// alone leaves mmu_cache_miss, which counts the shadow MMU's pages, at 0. Takes some pages of low
// memory.
MmuMode prove_mmu_mode(lib::Case& test, Vcpu& vcpu, PageTables& tables);

}  // namespace kproof::kvm
