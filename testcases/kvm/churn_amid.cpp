// What must wait for something that is half done, or must see that it was.
#include <cstring>
#include <thread>

#include <linux/kvm.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kvm/churn.hpp"
#include "kvm/held_page.hpp"
#include "kvm/meanwhile.hpp"
#include "kvm/notifiers.hpp"
#include "lib/safe.hpp"
#include "lib/sysfs.hpp"

namespace kproof::kvm::churn {

static constexpr unsigned kFewestMet = 12, kMostRounds = 64;
static constexpr double kPatienceSeconds = 10;

// Makes the slot within the invalidation of an mprotect, which has begun when its tracepoint was
// hit and ends when all entries are changed. True if the mprotect was not over when we set out.
static bool make_amid_invalidation(Machine& machine, const InvalidationCounter& counters,
                                   lib::Check& check) {
  const mm::Region& region = machine.region();
  const std::uint64_t before = counters.invalidations();
  const Meanwhile change([&] { lib::safe::mprotect(region.base(), region.length(), PROT_READ); },
                         [&] { return counters.invalidations() != before; });
  const bool amid = !change.over();
  const int error = machine.vm().try_set(machine.slot());
  check.that(error == 0, "the slot cannot be made: %s", strerrorname_np(error));
  return amid;
}

// An invalidation that meets a slot in its end alone is counted once too little, and KVM gives up
// the VM: all its ioctls are EIO then.
void comes_amid_invalidation(Context& context, lib::Check& check) {
  if (notified_vms() == 0) return check.skip("the notifier's calls cannot be counted");
  Machine machine(context.kvm, context.provider, {.size = kSizeOfInvalidation});
  const mm::Region& region = machine.region();
  for (std::size_t word = 0; word < machine.words(); ++word)
    *region.word(word) = 0;
  const InvalidationCounter counters(hva_range(region), notified_vms());
  unsigned met = 0;
  for (unsigned round = 0; round < kMostRounds && met < kFewestMet; ++round) {
    machine.vm().remove(Machine::kRegionSlot);
    region.protect(check, mm::kReadWrite);
    met += make_amid_invalidation(machine, counters, check);
    const int error = machine.vm().try_set(machine.slot(KVM_MEM_LOG_DIRTY_PAGES));
    if (!check.that(error == 0, "after an invalidation amid which the slot came: %s",
                    strerrorname_np(error)))
      return;
  }
  region.protect(check, mm::kReadWrite);
  const Exit exit = machine.write(0, 1);
  check.that(exit.done(), "the guest's write: %s", exit.text().c_str());
  check.that(met >= kFewestMet, "the slot came amid an invalidation in %u rounds of %u only", met,
             kMostRounds);
}

static const std::string kNxHugePages = "/sys/module/kvm/parameters/nx_huge_pages";

// To change that zaps all roots of all VMs, and waits for no vCPU, as a slot that goes does.
// Whoever faults has his root from before.
void zapped_amid_fault(Context& context, lib::Check& check) {
  const std::string before = lib::sysfs::read(kNxHugePages);
  if (before != "Y" && before != "N")
    return check.skip(kNxHugePages + " is \"" + before + "\", not Y or N");
  if (::access(kNxHugePages.c_str(), W_OK) != 0) return check.skip(kNxHugePages + ": not writable");
  if (const std::string problem = HeldPage::problem(); !problem.empty()) return check.skip(problem);
  Machine machine = context.machine();
  const Exit filled = machine.fill(0, machine.words(), 1);
  if (!check.that(filled.done(), "the guest's writes: %s", filled.text().c_str())) return;
  const HeldPage page(machine.region().base());
  Exit exit{Exit::Kind::strange};
  std::thread vcpu([&] { exit = machine.write(0, 1); });
  const bool waits = page.wait_wanted(kPatienceSeconds);
  {
    lib::sysfs::Settings settings;
    settings.set(kNxHugePages, before == "Y" ? "off" : "force");
  }
  if (waits) page.give();
  vcpu.join();
  check.that(waits, "the guest's write did not wait for the page");
  check.that(exit.done(), "the guest's write: %s", exit.text().c_str());
  // That zaps everything, in all roots that KVM still knows.
  machine.vm().remove(Machine::kRegionSlot);
  const std::uint64_t left = count_sptes(machine.vm().stats()).all();
  check.that(left == 0, "%lu SPTEs are left when all were zapped", left);
}

}  // namespace kproof::kvm::churn
