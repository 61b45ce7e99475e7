// What must wait for something that is half done, or must see that it was.
#include <atomic>
#include <thread>

#include <sys/mman.h>
#include <unistd.h>

#include "kvm/churn.hpp"
#include "kvm/held_page.hpp"
#include "lib/process.hpp"
#include "lib/sysfs.hpp"

namespace kproof::kvm::churn {

static constexpr unsigned kFewestMet = 4, kMostRounds = 64;
static constexpr double kPatienceSeconds = 20;
// So that an mprotect takes some milliseconds, of which all is one invalidation.
static constexpr std::size_t kSizeOfInvalidation = std::size_t{16} << 20;

// One mprotect by another thread.
class Change {
 public:
  Change(const mm::Region& region, int prot)
      : thread_([&region, prot, this] {
          lib::safe::mprotect(region.base(), region.length(), prot);
          over_ = true;
        }) {}
  Change(const Change&) = delete;
  Change& operator=(const Change&) = delete;
  ~Change() { thread_.join(); }

  bool over() const { return over_; }

 private:
  std::atomic<bool> over_{false};
  std::thread thread_;  // last: it uses all of the above
};

// Removes the slot within the invalidation of an mprotect: behind its beginning, which has zapped
// the SPTE of the page that the guest has written. True if the mprotect was not over yet.
static bool remove_amid_invalidation(Machine& machine) {
  const Stats& stats = machine.vm().stats();
  const std::uint64_t sptes = count_sptes(stats).all();
  const Change change(machine.region(), PROT_READ);
  while (count_sptes(stats).all() >= sptes && !change.over()) {
  }
  const bool amid = !change.over();
  machine.vm().remove(Machine::kRegionSlot);
  return amid;
}

// In a process of its own, which can be killed: after an invalidation that is counted and never
// ends, no vCPU gets a page any more.
static bool slot_goes_and_comes(Context& context) {
  lib::Check check;
  Machine machine(context.kvm, context.provider, {.size = kSizeOfInvalidation});
  for (std::size_t word = 0; word < machine.words(); ++word)
    *machine.region().word(word) = 0;
  unsigned met = 0;
  for (unsigned round = 0; round < kMostRounds && check.ok() && met < kFewestMet; ++round) {
    const Exit exit = machine.write(0, round);
    check.that(exit.done(), "the guest's write: %s", exit.text().c_str());
    met += remove_amid_invalidation(machine);
    machine.vm().set(slot_of(machine));
    machine.region().protect(check, PROT_READ | PROT_WRITE);
  }
  const Exit exit = machine.write(0, 1);
  check.that(exit.done(), "the guest's write: %s", exit.text().c_str());
  check.that(met >= kFewestMet, "the slot went amid an invalidation in %u rounds of %u only", met,
             kMostRounds);
  return check.ok();
}

void goes_amid_invalidation(Context& context, lib::Check& check) {
  check.that(lib::in_child_within(kPatienceSeconds, [&] { return slot_goes_and_comes(context); }),
             "that was the child");
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
