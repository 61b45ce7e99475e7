// Memory that is not populated costs no mmu_notifier calls when its protection changes.
//
// The rule is that of commit a5338093bfb4 ("mm: move mmu notifier call from change_protection to
// change_pmd_range", 2014): NUMA balancing of a VM with much more address space than memory spent
// its time in notifiers. The notifier is called only where a PMD, or since 6.12 a PUD, is
// populated, and at most once for what one PUD maps. Less than once would be a fault too: the guest
// would keep its access.
#include "kvm/backing.hpp"
#include "kvm/mmu_mode.hpp"
#include "kvm/numa_balancing.hpp"
#include "kvm/sparse.hpp"

using namespace kproof;
using kvm::SparsePart;
using kvm::sparse::Context;
using kvm::sparse::kRounds;

namespace {

void prove(Context& context, const kvm::Kvm& kvm) {
  kvm::Machine& machine = context.memory.machine();
  kvm.prove_api(context.test);
  kvm::prove_mmu_mode(context.test, machine.vcpu(), machine.tables());
  const SparsePart& part = context.memory.populated();
  const kvm::InvalidationCounter counters(part.range(), context.vms);
  lib::Check check;
  for (unsigned i = 0; i < kRounds; ++i)
    for (const int prot : {PROT_NONE, mm::kReadWrite})
      part.region->protect(check, prot);
  context.test.evidence(
      "invalidations_counted", check.ok() && counters.invalidations() > 0,
      "kvm:kvm_unmap_hva_range: %lu a VM in %u mprotects of 2 MiB, populated; %u VMs%s",
      counters.invalidations(), 2 * kRounds, context.vms,
      (counters.problem().empty() ? "" : "; " + counters.problem()).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t size = 8ull << 30;
  double seconds = 8;
  unsigned vcpus = 1;
  std::string_view backing = "anon", notified_at = "pud";
  const lib::Description description{
      .name = "kvm/numa_balancing_sparse",
      .summary = "protection changes of memory that is not there call no mmu_notifier",
      .needs = {.kconfig = {"CONFIG_KVM", "CONFIG_EVENT_TRACING", "CONFIG_NUMA_BALANCING"},
                .memory = 1024ull << 20,
                .vcpus = 2,
                .kvm = true},
      .evidence = {"kvm_api", "mmu_mode", "invalidations_counted"},
      .timeout_ms = 30000,
      .needs_of_options =
          [&](lib::Needs& needs) { kvm::add_backing_needs(needs, backing, size / 512); },
  };
  // The others have no memory that is not there: a pool or a device holds all of it.
  lib::Case test(
      argc, argv, description,
      {{.name = "--backing",
        .help = "what it is of",
        .choice = &backing,
        .choices = {"anon", "thp"}},
       {.name = "--size", .help = "bytes of each sparse mapping (8G)", .size = &size},
       {.name = "--seconds", .help = "most that balancing may take (8)", .number = &seconds},
       {.name = "--vcpus", .help = "that run under balancing (1)", .count = &vcpus},
       {.name = "--notified-at",
        .help = "the entries of which no notifier is called if they are none: pmd, as from 3.15 "
                "to 6.11, or pud",
        .choice = &notified_at,
        .choices = {"pmd", "pud"}}});
  if (size == 0 || size % (4 * kvm::kPage1G) != 0)
    lib::usage_error("--size must be a multiple of 4 GiB");
  if (vcpus == 0 || vcpus > kvm::kMostVcpus) lib::usage_error("--vcpus must be 1 to 64");
  const kvm::NumaBalancing off(false);  // until its own subtest: its calls would be counted too
  const kvm::Kvm kvm;
  const auto provider = kvm::provide(backing, size);
  kvm::SparseMemory memory(kvm, *provider, size, vcpus);
  const kvm::InvalidationCounter kept_on(kvm::kNowhere, 1);
  using kvm::sparse::Level;
  Context context{test, memory, seconds, vcpus, notified_at == "pmd" ? Level::pmd : Level::pud};
  test.plan(6);
  prove(context, kvm);
  test.run("PUDs that are none: no call, whatever the size",
           [&](lib::Check& check) { kvm::sparse::none(context, check); });
  test.run("PMDs that are none below a PUD that is not: no more calls than --notified-at allows",
           [&](lib::Check& check) { kvm::sparse::empty_pmds(context, check); });
  test.run("a page in every other PUD: at most one call for each of these", [&](lib::Check& check) {
    kvm::sparse::bounded(context, memory.puds(), "sparse", check);
  });
  test.run("a page in each PMD: at most one call for each PUD", [&](lib::Check& check) {
    kvm::sparse::bounded(context, memory.pmds(), "sparse_pmds", check);
  });
  test.run("populated memory: at most one call for each PUD", [&](lib::Check& check) {
    kvm::sparse::bounded(context, memory.populated(), "populated", check);
  });
  test.run("NUMA balancing calls only where something is populated",
           [&](lib::Check& check) { kvm::sparse::balanced(context, check); });
  return test.finish();
}
