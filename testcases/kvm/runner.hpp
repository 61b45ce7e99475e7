// A vCPU that writes for ever in a thread of its own, while the host changes its rights.
#pragma once

#include <atomic>
#include <thread>

#include "kvm/vcpu.hpp"

namespace kproof::kvm {

// Runs GuestProgram::increment. When KVM_RUN is refused it waits for retry() and goes on with the
// instruction that was refused.
class Runner {
 public:
  // `count` words of the guest, from gva `first` on, `stride` bytes apart, all 0.
  Runner(Vcpu& vcpu, Gva first, std::size_t count, std::size_t stride);
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  ~Runner() { abandon(); }

  // To be called after a right was given back.
  void retry();
  unsigned long refusals() const { return refusals_; }
  std::uint64_t tries() const { return vcpu_.mailbox().tries; }

  // Ends after the round, which needs all rights, and says how: Exit::done if all is well.
  Exit finish();

  // Each waits until it holds, for at most kPatienceSeconds; false if it does not.
  bool wait_refused_since(unsigned long refusals) const;
  bool wait_tries_since(std::uint64_t tries, std::uint64_t more = 1) const;
  // One of the two: the guest met the lost right, or it did not and writes on.
  bool wait_met(unsigned long refusals, std::uint64_t tries) const;

  static constexpr unsigned kPatienceSeconds = 10;

 private:
  void run(Gva first, std::size_t count, std::size_t stride);
  void abandon();

  Vcpu& vcpu_;
  std::atomic<unsigned long> refusals_{0};
  std::atomic<unsigned> epoch_{0};  // of rights: retry() starts a new one
  std::atomic<bool> abandoned_{false}, ended_{false};
  Exit last_{Exit::Kind::strange};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace kproof::kvm
