// Whether a page was written is known to KVM alone, where the guest wrote it by an SPTE that a read
// had made: the host's own entry is clean. KVM says so when it zaps the SPTE (kvm_set_pfn_dirty).
//
// After MADV_FREE the host's entries are clean, and whoever takes pages drops those that still are.
#include <sys/mman.h>

#include "kvm/aging.hpp"
#include "lib/safe.hpp"

namespace kproof::kvm::aging {

static constexpr std::uint64_t kAnew = 0x1000000;

void freed(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  Watch watch(context, machine, "MADV_FREE");
  watch.asks_nobody("a page that MADV_FREE gave up is dropped whatever its age");
  if (!fill(machine, check)) return;
  const mm::Region& region = machine.region();
  lib::safe::madvise(region.base(), region.length(), MADV_FREE);
  const std::size_t used = machine.words() / 4;
  const Exit read =
      machine.vcpu().call(GuestProgram::touch, {machine.gva(0), used, machine.stride()});
  const Exit wrote = machine.fill(0, used, kAnew);
  if (!check.that(read.done() && wrote.done(), "the guest's reads: %s; its writes: %s",
                  read.text().c_str(), wrote.text().c_str()))
    return;
  lib::safe::madvise(region.base(), region.length(), MADV_PAGEOUT);
  std::size_t lost = 0, dropped = 0;
  for (std::size_t word = 0; word < used; ++word)
    lost += *region.word(word) != kAnew + word;
  for (std::size_t word = used; word < machine.words(); ++word)
    dropped += *region.word(word) == 0;
  check.that(lost == 0, "%zu of %zu pages that the guest wrote after MADV_FREE were dropped", lost,
             used);
  check.that(dropped > (machine.words() - used) / 2, "only %zu of %zu other pages were dropped",
             dropped, machine.words() - used);
}

}  // namespace kproof::kvm::aging
