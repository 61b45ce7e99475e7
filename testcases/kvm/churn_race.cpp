// Slots and protections change while vCPUs write.
#include <atomic>
#include <random>
#include <thread>

#include <linux/kvm.h>
#include <sys/mman.h>

#include "kvm/churn.hpp"
#include "lib/clock.hpp"

namespace kproof::kvm::churn {

static constexpr int kReadWrite = PROT_READ | PROT_WRITE;
static constexpr unsigned kFewestRounds = 8;

// A vCPU that writes numbers to one word and knows which of them are in memory.
class Writer {
 public:
  Writer(Machine& machine, unsigned vcpu)
      : vcpu_(machine.vcpu(vcpu)),
        gva_(machine.gva(0) + vcpu * sizeof(mm::Word)),
        word_(machine.region().word(0) + vcpu),
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

  bool write(std::uint64_t value) {
    Exit exit = vcpu_.call(GuestProgram::write, {gva_, value});
    while (exit.refused())
      exit = vcpu_.resume();
    const bool landed = !is_mmio(exit);
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
    Exit exit = vcpu_.call(GuestProgram::read, {gva_});
    while (exit.refused())
      exit = vcpu_.resume();
    if (is_mmio(exit))
      vcpu_.resume();
    else if (exit.result != last_)
      fault_ =
          "the guest wrote " + std::to_string(last_) + " and read " + std::to_string(exit.result);
  }

  Vcpu& vcpu_;
  Gva gva_;
  mm::Word* word_;
  std::uint64_t last_ = 0;
  unsigned long landed_ = 0, lost_ = 0;
  std::string fault_;
  std::atomic<bool> stop_{false};
  std::thread thread_;  // last: it uses all of the above
};

// Takes rights away from all of the region and gives them back, without a pause: each time an mmu
// notifier runs, and mostly while a slot is being replaced.
class Toggler {
 public:
  explicit Toggler(const mm::Region& region) : region_(region), thread_([this] { run(); }) {}
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
  bool protect(int prot) { return ::mprotect(region_.base(), region_.length(), prot) == 0; }
  void run() {
    for (; ok_ && !stop_; ++toggles_)
      ok_ = protect(toggles_ % 2 ? PROT_READ : PROT_NONE) && protect(kReadWrite);
  }

  const mm::Region& region_;
  unsigned long toggles_ = 0;
  bool ok_ = true;
  std::atomic<bool> stop_{false};
  std::thread thread_;  // last: it uses all of the above
};

static void change(Machine& machine, unsigned kind) {
  Slot away = slot_of(machine);
  away.gpa = moved_gpa(machine);
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
      return machine.vm().set(slot_of(machine));
  }
}

void writes_among_changes(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  for (unsigned i = 0; i < machine.shape().vcpus; ++i)
    machine.region().word(0)[i] = 0;
  std::vector<std::unique_ptr<Writer>> writers;
  for (unsigned i = 0; i < machine.shape().vcpus; ++i)
    writers.push_back(std::make_unique<Writer>(machine, i));
  Toggler toggler(machine.region());
  std::minstd_rand random(1);
  const double end = lib::now_us() + context.seconds * 1e6;
  unsigned long changes = 0;
  for (; changes < kFewestRounds || lib::now_us() < end; ++changes)
    change(machine, static_cast<unsigned>(random() % 4));
  toggler.finish();
  remake(machine, 0);
  check.that(toggler.ok(), "an mprotect failed");
  unsigned long landed = 0, lost = 0;
  for (const auto& writer : writers) {
    writer->finish();
    check.that(writer->fault().empty(), "%s", writer->fault().c_str());
    check.that(*writer->word() == writer->last(), "the last write was %lu, memory holds %lu",
               writer->last(), *writer->word());
    landed += writer->landed();
    lost += writer->lost();
  }
  context.test.metric("slot_changes", static_cast<double>(changes), "count");
  lib::ktap::diagnostic(
      "%lu changes of the slot, %lu of its protection; %lu writes landed, %lu came as "
      "KVM_EXIT_MMIO",
      changes, toggler.toggles(), landed, lost);
}

}  // namespace kproof::kvm::churn
