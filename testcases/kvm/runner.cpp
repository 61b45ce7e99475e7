#include "kvm/runner.hpp"

#include <sched.h>

#include "lib/clock.hpp"

namespace kproof::kvm {

Runner::Runner(Vcpu& vcpu, Gva first, std::size_t count, std::size_t stride) : vcpu_(vcpu) {
  Mailbox& mailbox = vcpu.mailbox();
  for (volatile std::uint64_t* field :
       {&mailbox.stop, &mailbox.tries, &mailbox.rounds, &mailbox.wrong})
    *field = 0;
  thread_ = std::thread([=, this] { run(first, count, stride); });
}

// The epoch is read before the guest runs: a right that comes back while it is being refused starts
// a new one, and the wait ends at once.
void Runner::run(Gva first, std::size_t count, std::size_t stride) {
  unsigned epoch = epoch_;
  last_ = vcpu_.call(GuestProgram::increment, {first, count, stride, vcpu_.mailbox_gva()});
  while (last_.refused() && !abandoned_) {
    ++refusals_;
    epoch_.wait(epoch);
    epoch = epoch_;
    last_ = vcpu_.resume();
  }
  ended_ = true;
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
