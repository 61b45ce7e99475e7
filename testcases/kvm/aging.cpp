// The kernel asks KVM whether the guest used its memory (mmu_notifier clear_young, test_young,
// clear_flush_young), and acts upon the answer.
#include "kvm/aging.hpp"

#include "kvm/backing.hpp"
#include "kvm/mmu_mode.hpp"

using namespace kproof;
using kvm::aging::Context;

namespace {

constexpr kvm::Behaviour<Context> kBehaviours[] = {
    {"page_idle: what the guest writes is young, the rest stays idle", kvm::aging::idle_pages},
    {"page_idle: a huge page is young, whichever part of it the guest writes",
     kvm::aging::idle_huge_pages},
    {"DAMON sees accesses where the guest writes, and none elsewhere", kvm::aging::damon},
    {"DAMON asks whether a page is young, and leaves it so", kvm::aging::asked_twice},
    {"MADV_PAGEOUT takes what the guest does not use, and it comes back", kvm::aging::pageout},
    {"what the guest writes after MADV_FREE stays when pages are taken", kvm::aging::freed},
    {"the multi-gen LRU evicts what the guest does not use", kvm::aging::lru_gen},
    {"no write of a running vCPU is lost to aging", kvm::aging::race_alone},
    {"no write of a running vCPU is lost to aging and mprotect", kvm::aging::race_with_mprotect},
};

void prove(lib::Case& test, const Context& context) {
  context.kvm.prove_api(test);
  kvm::Machine machine = context.machine();
  kvm::prove_mmu_mode(test, machine.vcpu(), machine.tables());
  kvm::prove_spte_size(test, machine, kvm::kPage4K);
}

}  // namespace

int main(int argc, char** argv) {
  std::string_view backing = "anon";
  std::uint64_t size = 1 << 20;
  double seconds = 1;
  unsigned vcpus = 2;
  const lib::Description description{
      .name = "kvm/aging",
      .summary = "what the kernel learns of the guest's use of its memory is true",
      .needs = {.modules = {"zram"},
                .kconfig = {"CONFIG_KVM", "CONFIG_EVENT_TRACING", "CONFIG_ZRAM",
                            "CONFIG_PROC_PAGE_MONITOR"},
                .memory = 512ull << 20,
                .vcpus = 2,
                .kvm = true},
      .evidence = {"kvm_api", "mmu_mode", "spte_size", "agings_counted"},
      .timeout_ms = 30000,
      .needs_of_options = [&](lib::Needs& needs) { needs.memory += 3 * size + (16ull << 20); },
  };
  // Huge pages are aged as a whole, and pools and devices are not aged at all.
  lib::Case test(
      argc, argv, description,
      {{.name = "--backing", .help = "guest memory", .choice = &backing, .choices = {"anon"}},
       {.name = "--size", .help = "bytes of memory (1M)", .size = &size},
       {.name = "--seconds", .help = "length of each race (1)", .number = &seconds},
       {.name = "--vcpus", .help = "that write in the races (2)", .count = &vcpus}});
  if (size < (1 << 20) || size % (1 << 20) != 0)
    lib::usage_error("--size must be a multiple of 1 MiB");
  if (vcpus == 0 || vcpus > kvm::kMostVcpus)
    lib::usage_error("--vcpus must be 1 to %u", kvm::kMostVcpus);
  const kvm::Kvm kvm;
  const auto provider = kvm::provide(backing, size);
  Context context{test, kvm, *provider, {size, kvm::kPage4K, vcpus}, seconds};
  kvm::plan_behaviours(context, kBehaviours);
  prove(test, context);
  const kvm::NotifierCounters kept_on(kvm::kNowhere, 1);
  kvm::run_behaviours(context, kBehaviours);
  return test.finish();
}
