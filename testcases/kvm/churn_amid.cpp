// What must wait for something that is half done, or must see that it was: each half is held.
#include <atomic>
#include <thread>

#include <sys/mman.h>
#include <unistd.h>

#include "kvm/churn.hpp"
#include "kvm/held_page.hpp"
#include "kvm/notifiers.hpp"
#include "lib/clock.hpp"
#include "lib/process.hpp"
#include "lib/sysfs.hpp"

namespace kproof::kvm::churn {

static constexpr unsigned kFewestMet = 3, kMostRounds = 64;
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

// Makes `act` begin within the invalidation of an mprotect. True if that was not over yet.
template <class Act>
static bool amid_invalidation(const Machine& machine, const NotifierCounters& counters, Act act) {
  const std::uint64_t before = counters.invalidations();
  const Change change(machine.region(), PROT_READ);
  while (counters.invalidations() == before && !change.over()) {
  }
  const bool amid = !change.over();
  act();
  return amid;
}

// In a process of its own, which can be killed: after an invalidation that is counted and never
// ends, no vCPU gets a page any more.
static bool slots_go_and_come(Context& context) {
  lib::Check check;
  Machine machine(context.kvm, context.provider, {.size = kSizeOfInvalidation});
  const mm::Region& region = machine.region();
  for (std::size_t word = 0; word < machine.words(); ++word)
    *region.word(word) = 0;
  const NotifierCounters counters(
      {reinterpret_cast<std::uintptr_t>(region.base()), region.length()}, 1);
  const auto expect_goes_on = [&](const char* when) {
    region.protect(check, PROT_READ | PROT_WRITE);
    const Exit exit = machine.write(0, 1);
    check.that(exit.done(), "%s: the guest's write: %s", when, exit.text().c_str());
  };
  unsigned gone = 0, come = 0;
  const auto enough = [&] { return gone >= kFewestMet && come >= kFewestMet; };
  for (unsigned round = 0; round < kMostRounds && check.ok() && !enough(); ++round) {
    gone +=
        amid_invalidation(machine, counters, [&] { machine.vm().remove(Machine::kRegionSlot); });
    machine.vm().set(slot_of(machine));
    expect_goes_on("a slot went amid an invalidation");
    machine.vm().remove(Machine::kRegionSlot);
    come += amid_invalidation(machine, counters, [&] { machine.vm().set(slot_of(machine)); });
    expect_goes_on("a slot came amid an invalidation");
  }
  lib::ktap::diagnostic("%u slots went and %u came amid an invalidation%s%s", gone, come,
                        counters.problem().empty() ? "" : "; ", counters.problem().c_str());
  check.that(!check.ok() || enough(), "of %u each that is too few to tell", kMostRounds);
  return check.ok();
}

void goes_amid_invalidation(Context& context, lib::Check& check) {
  if (notified_vms() == 0) return check.skip("the notifier's calls cannot be counted");
  check.that(lib::in_child_within(kPatienceSeconds, [&] { return slots_go_and_come(context); }),
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
