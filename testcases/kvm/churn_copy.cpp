// What a live migration does, while vCPUs write and protections change.
#include <linux/kvm.h>
#include <sys/mman.h>

#include "kvm/churn.hpp"
#include "kvm/dirty_log.hpp"
#include "kvm/runner.hpp"
#include "lib/clock.hpp"

namespace kproof::kvm::churn {

// What a live migration relies on: who copies each page when the log has it, and once more in the
// end, has all of the memory.
class Copy {
 public:
  Copy(Machine& machine, bool by_hand)
      : machine_(machine), by_hand_(by_hand), log_(machine.vm(), machine.slot()) {
    for (std::size_t word = 0; word < machine.words(); ++word)
      words_.push_back(std::uint64_t{*machine.region().word(word)});
  }

  void update() {
    log_.get();
    // Before the pages are read: what is written from now on is in the log again.
    if (by_hand_) log_.clear();
    for (std::size_t word = 0; word < words_.size(); ++word)
      if (log_.has(word * machine_.stride())) words_[word] = *machine_.region().word(word);
  }

  std::size_t wrong() const {
    std::size_t wrong = 0;
    for (std::size_t word = 0; word < words_.size(); ++word)
      wrong += words_[word] != *machine_.region().word(word);
    return wrong;
  }

 private:
  Machine& machine_;
  bool by_hand_;
  DirtyLog log_;
  std::vector<std::uint64_t> words_;
};

// The guest writes in each round; rights to the first half are taken and given back between two
// updates, in every other round: nowhere else, and at no other time, may the guest be refused.
static bool copy_rounds(Context& context, Machine& machine, Rights& rights, Copy& copy,
                        Runner& runner, lib::Check& check) {
  const double end = lib::now_us() + context.seconds * 1e6;
  const std::size_t half = machine.words() / 2;
  const GvaRange range{kRegionGva, half * machine.stride()};
  for (unsigned round = 0; round < kFewestRounds || lib::now_us() < end; ++round) {
    if (!check.that(runner.wait_tries_since(runner.tries(), 8), "the guest stands")) return false;
    copy.update();
    if (round % 2 == 0) continue;
    rights.take(range);
    const int prot = round % 4 == 1 ? PROT_READ : PROT_NONE;
    if (!machine.region().protect(check, prot, 0, half)) return false;
    if (!machine.region().protect(check, mm::kReadWrite, 0, half)) return false;
    rights.give_back(range);
    runner.retry();
  }
  return true;
}

static void copied(Context& context, lib::Check& check, bool by_hand) {
  Machine machine = context.machine();
  if (by_hand && !protect_manually(machine.vm()))
    return check.skip("KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 is missing");
  for (std::size_t word = 0; word < machine.words(); ++word)
    *machine.region().word(word) = 0;
  machine.vm().set(machine.slot(KVM_MEM_LOG_DIRTY_PAGES));
  Copy copy(machine, by_hand);
  Rights rights;
  Runner runner(machine.vcpu(), kRegionGva, machine.words(), machine.stride(), {&rights});
  if (!copy_rounds(context, machine, rights, copy, runner, check)) return;
  const Exit exit = runner.finish();
  check.that(exit.done(), "the guest ended by %s", exit.text().c_str());
  runner.expect_just(check, "the guest");
  check.that(machine.vcpu().mailbox().wrong == 0, "%lu writes were lost",
             machine.vcpu().mailbox().wrong);
  copy.update();
  check.that(copy.wrong() == 0, "%zu of %zu words of the copy are not those of the memory",
             copy.wrong(), machine.words());
}

void copied_by_log(Context& context, lib::Check& check) {
  copied(context, check, false);
}
void copied_by_cleared_log(Context& context, lib::Check& check) {
  copied(context, check, true);
}

}  // namespace kproof::kvm::churn
