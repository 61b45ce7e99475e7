#include "kvm/notifiers.hpp"

#include <algorithm>

#include <sys/mman.h>

#include "kvm/perf_event.hpp"
#include "lib/safe.hpp"

namespace kproof::kvm {

// The tracepoints' fields `first` and `last` (exclusive), or one field that is an address.
static std::string touching(const HvaRange& range, const std::string& first,
                            const std::string& last) {
  return first + " < " + std::to_string(range.end()) + " && " + last +
         (last == first ? " >= " : " > ") + std::to_string(range.start);
}

InvalidationCounter::InvalidationCounter(const HvaRange& range, unsigned vms, pid_t thread)
    : vms_(std::max(vms, 1U)),
      unmap_("kvm/kvm_unmap_hva_range",
             touching(range, "start", "end") + (thread > 0 ? " && " + of_thread(thread) : "")) {}

NotifierCounters::NotifierCounters(const HvaRange& range, unsigned vms)
    : InvalidationCounter(range, vms),
      age_("kvm/kvm_age_hva", touching(range, "start", "end")),
      test_("kvm/kvm_test_age_hva", touching(range, "hva", "hva")) {}

const std::string& NotifierCounters::problem() const {
  if (const std::string& first = InvalidationCounter::problem(); !first.empty()) return first;
  return age_.problem().empty() ? test_.problem() : age_.problem();
}

// One call of change_protection() for one page that is there.
unsigned notified_vms() {
  constexpr std::size_t kPage = 4096;
  void* page =
      lib::safe::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  *static_cast<volatile char*>(page) = 1;
  const InvalidationCounter counter({reinterpret_cast<std::uintptr_t>(page), kPage}, 1);
  lib::safe::mprotect(page, kPage, PROT_READ);
  const auto hits = counter.invalidations();
  lib::safe::munmap(page, kPage);
  return static_cast<unsigned>(hits);
}

}  // namespace kproof::kvm
