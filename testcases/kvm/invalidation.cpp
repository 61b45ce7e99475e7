// What the host changes of a mapping, KVM is told: that range, all of it and no more; it zaps what
// lies in it, and asks for a flush of the TLBs.
//
// By the notifier's ranges, KVM's counts of SPTEs and of its requests for flushes, before and
// behind each change, while no vCPU runs. So what a guest would show by chance alone, a range that
// is a page short or a flush that is left out, is seen for certain, and also where the guest never
// shows it: QEMU's TCG flushes a guest's TLB at each VMRUN.
#include "kvm/invalidation.hpp"

#include <sys/mman.h>

#include "kvm/backing.hpp"
#include "lib/cpu.hpp"
#include "lib/safe.hpp"

using namespace kproof;
using namespace kproof::kvm::invalidation;
using kvm::HvaRange;

namespace {

bool is_small(const mm::Provider& provider) {
  return provider.entry_size() == mm::kPageSize;
}

bool is_small_anonymous(const mm::Provider& provider) {
  return is_small(provider) && kvm::is_anonymous(provider);
}

constexpr kvm::Behaviour<Context> kBehaviours[] = {
    {"mprotect to PROT_READ", read_only},
    {"mprotect to PROT_NONE", none},
    {"MADV_DONTNEED", dropped},
    {"MADV_FREE", lazily_freed, kvm::is_anonymous},
    {"MADV_REMOVE", removed, kvm::is_shared_file},
    {"munmap", unmapped},
    {"mmap over it", replaced},
    {"mremap elsewhere", moved},
    {"UFFDIO_MOVE elsewhere", moved_by_userfaultfd, kvm::is_anonymous},
    {"fork", forked, kvm::can_be_copied},
    {"soft-dirty bits are cleared", soft_dirty_cleared},
    {"userfaultfd's write protection", write_protected},
    {"KSM merges pages", merged, is_small_anonymous},
    {"each yield of a zap is behind a flush", yields, is_small},
};

// One page of our own, changed once.
void prove_recorder(lib::Case& test, kvm::InvalidationRecorder& recorder) {
  auto* page = static_cast<char*>(lib::safe::mmap(nullptr, kvm::kPage4K, PROT_READ | PROT_WRITE,
                                                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  *page = 1;
  const HvaRange changed = range_of(page, kvm::kPage4K);
  recorder.take(changed);
  lib::safe::mprotect(page, kvm::kPage4K, PROT_READ);
  const std::string wrong = kvm::misfit(recorder.take(changed), changed);
  lib::safe::munmap(page, kvm::kPage4K);
  test.evidence("ranges_recorded", recorder.problem().empty() && wrong.empty(),
                "kvm:kvm_unmap_hva_range of one page that was changed: %s%s",
                wrong.empty() ? "as it is" : wrong.c_str(), recorder.problem().c_str());
}

}  // namespace

int main(int argc, char** argv) {
  kvm::RegionOptions options;
  const lib::Description description{
      .name = "kvm/invalidation",
      .summary = "what the host changes KVM is told, zaps and flushes: that range and no other",
      .needs = {.kconfig = {"CONFIG_KVM", "CONFIG_EVENT_TRACING", "CONFIG_PERF_EVENTS"},
                .memory = 512ull << 20,
                .vcpus = 2,
                .kvm = true},
      .evidence = {"kvm_api", "mmu_mode", "backing_size", "spte_size", "ranges_recorded"},
      .needs_of_options = [&](lib::Needs& needs) { options.add_needs(needs); },
  };
  lib::Case test(argc, argv, description, options.list());
  options.check();
  const kvm::Kvm kvm;
  const auto provider = kvm::provide(options.backing, options.bytes());
  const lib::StayOnFirstCpu here;
  kvm::InvalidationRecorder recorder;
  const kvm::YieldCounter yields;
  Context context{{test, kvm, *provider, {options.bytes(), options.entry()}, options.seconds},
                  recorder,
                  yields};
  kvm::plan_behaviours(context, kBehaviours);
  kvm::prove_region(context, options);
  prove_recorder(test, recorder);
  kvm::run_behaviours(context, kBehaviours);
  return test.finish();
}
