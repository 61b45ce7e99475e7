// Slots and protections change while vCPUs write.
#include <atomic>
#include <random>
#include <thread>

#include <linux/kvm.h>
#include <sys/mman.h>

#include "kvm/churn.hpp"
#include "kvm/runner.hpp"
#include "lib/clock.hpp"

namespace kproof::kvm::churn {

// Rights are taken of the first half of the region alone. Each other vCPU writes to the second.
static std::size_t page_of(const Machine& machine, unsigned vcpu) {
  return vcpu % 2 == 0 ? 0 : machine.words() / 2;
}

// A vCPU that writes numbers to one word and knows which of them are in memory.
class Writer {
 public:
  Writer(Machine& machine, const Rights& rights, unsigned vcpu)
      : vcpu_(machine.vcpu(vcpu)),
        rights_(rights),
        gva_(machine.gva(page_of(machine, vcpu)) + vcpu * sizeof(mm::Word)),
        word_(machine.region().word(page_of(machine, vcpu)) + vcpu),
        thread_([this] { run(); }) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { finish(); }

  void finish() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  // Valid once finished.
  const std::string& fault() const { return fault_; }
  unsigned long landed() const { return landed_; }
  unsigned long lost() const { return lost_; }
  unsigned long refused() const { return refused_; }
  std::uint64_t last() const { return last_; }
  volatile std::uint64_t* word() const { return word_; }

 private:
  // A write that KVM hands to us does not land; one that was refused goes on until it does. The
  // last one is begun when nothing changes any more, and must land.
  void run() {
    bool last = false;
    for (std::uint64_t value = 1; !last && fault_.empty(); ++value) {
      last = stop_;
      const bool landed = write(value);
      if (fault_.empty()) check_read();
      if (last && !landed && fault_.empty()) fault_ = "a write to a slot at rest did not land";
    }
  }

  // Until it is not refused any more, or was without cause.
  Exit insist(GuestProgram program, std::uint64_t value) {
    Rights::Moment since = rights_.now();
    Exit exit = vcpu_.call(program, {gva_, value});
    while (exit.refused()) {
      ++refused_;
      if (fault_ = injustice(exit, &rights_, since); !fault_.empty()) break;
      since = rights_.now();
      exit = vcpu_.resume();
    }
    return exit;
  }

  bool write(std::uint64_t value) {
    Exit exit = insist(GuestProgram::write, value);
    if (!fault_.empty()) return false;
    const bool landed = !exit.is_mmio();
    if (landed)
      last_ = value;
    else
      exit = vcpu_.resume();
    ++(landed ? landed_ : lost_);
    if (!exit.done()) fault_ = "a write ended by " + exit.text();
    return landed;
  }

  // The guest's own view: what it wrote last, or nothing.
  void check_read() {
    Exit exit = insist(GuestProgram::read, 0);
    if (!fault_.empty()) return;
    const bool landed = !exit.is_mmio();
    if (!landed) exit = vcpu_.resume();
    if (!exit.done())
      fault_ = "a read ended by " + exit.text();
    else if (landed && exit.result != last_)
      fault_ =
          "the guest wrote " + std::to_string(last_) + " and read " + std::to_string(exit.result);
  }

  Vcpu& vcpu_;
  const Rights& rights_;
  Gva gva_;
  mm::Word* word_;
  std::uint64_t last_ = 0;
  unsigned long landed_ = 0, lost_ = 0, refused_ = 0;
  std::string fault_;
  std::atomic<bool> stop_{false};
  std::thread thread_;  // last: it uses all of the above
};

// Takes rights away from the first half of the region and gives them back: each time an mmu
// notifier runs, and mostly while a slot is being replaced.
class Toggler {
 public:
  Toggler(const Machine& machine, Rights& rights)
      : region_(machine.region()),
        range_{kRegionGva, machine.region().length() / 2},
        rights_(rights),
        thread_([this] { run(); }) {}
  Toggler(const Toggler&) = delete;
  Toggler& operator=(const Toggler&) = delete;
  ~Toggler() { finish(); }

  void finish() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  // Valid once finished.
  unsigned long toggles() const { return toggles_; }
  bool ok() const { return ok_; }

 private:
  bool protect(int prot) { return ::mprotect(region_.base(), range_.length, prot) == 0; }
  void run() {
    for (; ok_ && !stop_; ++toggles_) {
      rights_.take(range_);
      ok_ = protect(toggles_ % 2 ? PROT_READ : PROT_NONE) && protect(mm::kReadWrite);
      rights_.give_back(range_);
    }
  }

  const mm::Region& region_;
  const GvaRange range_;
  Rights& rights_;
  unsigned long toggles_ = 0;
  bool ok_ = true;
  std::atomic<bool> stop_{false};
  std::thread thread_;  // last: it uses all of the above
};

static void change(Machine& machine, unsigned kind) {
  Slot away = machine.slot();
  away.gpa = machine.gpa_behind();
  switch (kind) {
    case 0:
      return remake(machine, KVM_MEM_READONLY);
    case 1:
      return remake(machine, KVM_MEM_LOG_DIRTY_PAGES);
    case 2:
      return remake(machine, 0);
    default:
      remake(machine, 0);
      machine.vm().set(away);
      return machine.vm().set(machine.slot());
  }
}

// Slots change all the time; for the first third of it alone, when no refusal has a cause.
void writes_among_changes(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  Rights rights;
  std::vector<std::unique_ptr<Writer>> writers;
  for (unsigned i = 0; i < machine.shape().vcpus; ++i) {
    machine.region().word(page_of(machine, i))[i] = 0;
    writers.push_back(std::make_unique<Writer>(machine, rights, i));
  }
  std::minstd_rand random(1);
  unsigned long changes = 0;
  const auto change_for = [&](double seconds) {
    const double end = lib::now_us() + seconds * 1e6;
    for (unsigned least = kFewestRounds; least > 0 || lib::now_us() < end; ++changes) {
      change(machine, static_cast<unsigned>(random() % 4));
      least -= least > 0;
    }
  };
  change_for(context.seconds / 3);
  Toggler toggler(machine, rights);
  change_for(context.seconds * 2 / 3);
  toggler.finish();
  remake(machine, 0);
  check.that(toggler.ok(), "an mprotect failed");
  unsigned long landed = 0, lost = 0, refused = 0;
  for (const auto& writer : writers) {
    writer->finish();
    check.that(writer->fault().empty(), "%s", writer->fault().c_str());
    check.that(*writer->word() == writer->last(), "the last write was %lu, memory holds %lu",
               writer->last(), *writer->word());
    landed += writer->landed();
    lost += writer->lost();
    refused += writer->refused();
  }
  context.test.metric("slot_changes", static_cast<double>(changes), "count");
  lib::ktap::diagnostic(
      "%lu changes of the slot, %lu of its protection; %lu writes landed, %lu came as "
      "KVM_EXIT_MMIO, %lu times KVM_RUN was refused",
      changes, toggler.toggles(), landed, lost, refused);
}

}  // namespace kproof::kvm::churn
