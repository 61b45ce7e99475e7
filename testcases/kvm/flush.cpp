#include "kvm/flush.hpp"

#include <sys/mman.h>

#include "lib/safe.hpp"
#include "machine/hypervisor.hpp"

namespace kproof::kvm {

static constexpr const char* kRequests = "remote_tlb_flush_requests";
static constexpr Gva kFlusherGva = Gva{5} << 40;  // far from all else that is mapped

std::string flushes_uncounted(const Stats& vm) {
  if (!vm.has(kRequests)) return std::string("KVM does not count ") + kRequests;
  if (machine::hypervisor() == "Microsoft Hv") return "Hyper-V flushes by hypercall, uncounted";
  return "";
}

std::uint64_t flush_requests(const Stats& vm) {
  return vm.get(kRequests);
}

TlbFlusher::TlbFlusher(Machine& machine, unsigned vcpu)
    : machine_(machine), vcpu_(vcpu), page_(machine.vm().alloc_page()) {
  machine.tables().map(kFlusherGva, page_, kPage4K, kPage4K);
}

bool TlbFlusher::flush() {
  const Stats& stats = machine_.vm().stats();
  const Exit exit = machine_.vcpu(vcpu_).call(GuestProgram::read, {kFlusherGva});
  if (!exit.done()) lib::ktap::bail_out("the guest reads a page: %s", exit.text().c_str());
  const std::uint64_t before = flush_requests(stats);
  lib::safe::madvise(machine_.vm().low(page_), kPage4K, MADV_DONTNEED);
  return flush_requests(stats) > before;
}

}  // namespace kproof::kvm
