#include "kvm/mmu_mode.hpp"

#include <cstdlib>
#include <string>

#include "lib/sysfs.hpp"
#include "machine/hypervisor.hpp"

namespace kproof::kvm {

static constexpr MmuMode kModes[] = {MmuMode::shadow, MmuMode::tdp, MmuMode::tdp_legacy};

// Far from all else that is mapped.
static constexpr Gva kProbeGva = Gva{2} << 40;
static constexpr unsigned kPages = 32, kAliases = 8;

const char* name_of(MmuMode mode) {
  if (mode == MmuMode::shadow) return "shadow";
  return mode == MmuMode::tdp ? "tdp" : "tdp-legacy";
}

std::optional<MmuMode> mmu_mode(std::string_view name) {
  for (const MmuMode mode : kModes)
    if (name == name_of(mode)) return mode;
  return std::nullopt;
}

static bool is_yes(const std::string& parameter) {
  return parameter == "Y" || parameter == "1";
}

struct Parameters {
  MmuMode mode;
  std::string text;
};

// By what the CPU has: a kernel with both built in shows the parameters of both.
static Parameters parameters() {
  const bool amd = machine::virtualisation() == machine::Virtualisation::svm;
  const std::string paging = lib::sysfs::read(amd ? "/sys/module/kvm_amd/parameters/npt"
                                                  : "/sys/module/kvm_intel/parameters/ept");
  const std::string tdp_mmu = lib::sysfs::read("/sys/module/kvm/parameters/tdp_mmu");
  const MmuMode on = is_yes(tdp_mmu) ? MmuMode::tdp : MmuMode::tdp_legacy;
  return {
      is_yes(paging) ? on : MmuMode::shadow,
      std::string(amd ? "kvm_amd.npt=" : "kvm_intel.ept=") + paging + " kvm.tdp_mmu=" + tdp_mmu};
}

struct Probed {
  MmuMode mode;
  std::uint64_t sptes, shadow_pages;
};

static Probed probe(Vcpu& vcpu, PageTables& tables) {
  Vm& vm = vcpu.vm();
  const Gpa pages = vm.alloc_pages(kPages);
  for (unsigned alias = 0; alias < kAliases; ++alias)
    tables.map(kProbeGva + alias * kPage2M, pages, kPages * kPage4K, kPage4K);
  const std::uint64_t before = count_sptes(vm.stats()).all();
  for (unsigned alias = 0; alias < kAliases; ++alias) {
    const Exit exit =
        vcpu.call(GuestProgram::touch, {kProbeGva + alias * kPage2M, kPages, kPage4K});
    if (!exit.done())
      lib::ktap::bail_out("the guest cannot touch its memory: %s", exit.text().c_str());
  }
  const std::uint64_t sptes = count_sptes(vm.stats()).all() - before;
  const std::uint64_t misses = vm.stats().get("mmu_cache_miss");
  const bool shadow = sptes >= kPages * kAliases;
  return {shadow        ? MmuMode::shadow
          : misses == 0 ? MmuMode::tdp
                        : MmuMode::tdp_legacy,
          sptes, misses};
}

MmuMode prove_mmu_mode(lib::Case& test, Vcpu& vcpu, PageTables& tables) {
  const Parameters said = parameters();
  const Probed seen = probe(vcpu, tables);
  const char* wanted = std::getenv("KPROOF_MMU");
  const bool as_wanted = !wanted || mmu_mode(wanted) == seen.mode;
  test.evidence(
      "mmu_mode", said.mode == seen.mode && as_wanted,
      "%s (declared: %s): %s; %lu SPTEs for %u pages under %u addresses each, mmu_cache_miss "
      "%lu",
      name_of(seen.mode), wanted ? wanted : "none", said.text.c_str(), seen.sptes, kPages, kAliases,
      seen.shadow_pages);
  return seen.mode;
}

void skip_unless(MmuMode needed, const char* why) {
  const Parameters said = parameters();
  const char* wanted = std::getenv("KPROOF_MMU");
  if (said.mode == needed || (wanted && mmu_mode(wanted) != said.mode)) return;
  lib::ktap::skip_all("%s; here is %s (%s)", why, name_of(said.mode), said.text.c_str());
}

}  // namespace kproof::kvm
