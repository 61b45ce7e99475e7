#include "kvm/runner.hpp"

#include <sched.h>

#include "lib/clock.hpp"
#include "lib/cpu.hpp"

namespace kproof::kvm {

Runner::Runner(Vcpu& vcpu, Gva first, std::size_t count, std::size_t stride, const Where& where)
    : Runner(
          vcpu,
          [=, &vcpu] {
            return vcpu.call(GuestProgram::increment, {first, count, stride, vcpu.mailbox_gva()});
          },
          where) {}

Runner::Runner(Vcpu& vcpu, std::function<Exit()> start, const Where& where)
    : vcpu_(vcpu), start_(std::move(start)), where_(where) {
  Mailbox& mailbox = vcpu.mailbox();
  for (volatile std::uint64_t* field :
       {&mailbox.stop, &mailbox.tries, &mailbox.rounds, &mailbox.wrong})
    *field = 0;
  thread_ = std::thread([this] { run(); });
}

// The region's addresses, and low memory, which is mapped to itself.
static Gpa gpa_of(Gva gva) {
  return gva >= kRegionGva ? gva - kRegionGva + kRegionGpa : gva;
}

std::string injustice(const Exit& exit, const Rights* rights, Rights::Moment since) {
  if (exit.has_gpa && exit.gpa / kPage4K != gpa_of(exit.accessed) / kPage4K)
    return exit.text() + ": not what the guest accessed";
  if (!rights) return exit.text() + ", and no right was taken";
  return rights->lacked(exit.accessed, since) ? ""
                                              : exit.text() + ", where no right was taken then";
}

void Runner::judge(const Exit& exit, Rights::Moment since) {
  const std::string why = injustice(exit, where_.rights, since);
  if (!why.empty() && unjust_++ == 0) first_unjust_ = why;
}

// The epoch is read before the guest runs: a right that comes back while it is being refused starts
// a new one, and the wait ends at once. So is the moment from which on a right may have been taken.
void Runner::run() {
  if (where_.cpu >= 0) lib::stay_on_cpus({where_.cpu});
  const auto now = [this] { return where_.rights ? where_.rights->now() : 0; };
  Rights::Moment since = now();
  unsigned epoch = epoch_;
  last_ = start_();
  while (last_.refused() && !abandoned_) {
    judge(last_, since);
    refused_at_ = last_.accessed;
    stands_ = true;
    ++refusals_;
    epoch_.wait(epoch);
    stands_ = false;
    since = now();
    epoch = epoch_;
    last_ = vcpu_.resume();
  }
  ended_ = true;
}

void Runner::expect_just(lib::Check& check, const char* whose) const {
  check.that(unjust_ == 0, "%s: KVM_RUN was refused %lu times without cause, first: %s", whose,
             unjust_, first_unjust_.c_str());
}

void Runner::retry() {
  ++epoch_;
  epoch_.notify_all();
}

Exit Runner::finish() {
  vcpu_.mailbox().stop = 1;
  retry();
  if (thread_.joinable()) thread_.join();
  return last_;
}

void Runner::abandon() {
  abandoned_ = true;
  finish();
}

// Spins politely: the guest can tell nobody that it wrote without leaving guest mode, and to leave
// it would flush what this looks for.
template <class Condition>
static bool wait_until(Condition condition) {
  const double end = lib::now_us() + Runner::kPatienceSeconds * 1e6;
  while (!condition()) {
    if (lib::now_us() > end) return false;
    ::sched_yield();
  }
  return true;
}

bool Runner::wait_refused_since(unsigned long refusals) const {
  return wait_until([&] { return refusals_ > refusals || ended_; }) && !ended_;
}
bool Runner::wait_tries_since(std::uint64_t tries, std::uint64_t more) const {
  return wait_until([&] { return this->tries() >= tries + more || ended_; }) && !ended_;
}
bool Runner::wait_met(unsigned long refusals, std::uint64_t tries) const {
  return wait_until([&] { return refusals_ > refusals || this->tries() >= tries + 2 || ended_; }) &&
         !ended_;
}

}  // namespace kproof::kvm
