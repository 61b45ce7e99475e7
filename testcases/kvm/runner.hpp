// A vCPU that writes for ever in a thread of its own, while the host changes its rights.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

#include "kvm/rights.hpp"
#include "kvm/vcpu.hpp"

namespace kproof::kvm {

// Runs GuestProgram::increment, or another program that uses the mailbox so. When KVM_RUN is
// refused it waits for retry() and goes on with the instruction that was refused. A refusal where
// no right was taken is counted as unjust.
class Runner {
 public:
  struct Where {
    const Rights* rights = nullptr;  // that are taken meanwhile; nullptr: none ever is
    int cpu = -1;                    // on which its thread stays; -1: on any
  };

  // `count` words of the guest, from gva `first` on, `stride` bytes apart, all 0.
  Runner(Vcpu& vcpu, Gva first, std::size_t count, std::size_t stride)
      : Runner(vcpu, first, count, stride, Where{}) {}
  Runner(Vcpu& vcpu, Gva first, std::size_t count, std::size_t stride, const Where& where);
  // `start` has the vCPU begin; the program ends when it finds the mailbox's `stop` set.
  Runner(Vcpu& vcpu, std::function<Exit()> start, const Where& where);
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  ~Runner() { abandon(); }

  // To be called after a right was given back.
  void retry();
  unsigned long refusals() const { return refusals_; }
  // Of the last refusal: what the guest wanted to access. It stands there until retry().
  Gva refused_at() const { return refused_at_; }
  bool stands() const { return stands_; }
  std::uint64_t tries() const { return vcpu_.mailbox().tries; }

  // Ends after the round, which needs all rights, and says how: Exit::done if all is well.
  Exit finish();
  // Fails for each refusal that no right taken explains. After finish().
  void expect_just(lib::Check& check, const char* whose) const;

  // Each waits until it holds, for at most kPatienceSeconds; false if it does not.
  bool wait_refused_since(unsigned long refusals) const;
  bool wait_tries_since(std::uint64_t tries, std::uint64_t more = 1) const;
  // One of the two: the guest met the lost right, or it did not and writes on.
  bool wait_met(unsigned long refusals, std::uint64_t tries) const;

  static constexpr unsigned kPatienceSeconds = 10;

 private:
  void run();
  void judge(const Exit& exit, Rights::Moment since);
  void abandon();

  Vcpu& vcpu_;
  std::function<Exit()> start_;
  Where where_;
  std::atomic<unsigned long> refusals_{0};
  std::atomic<Gva> refused_at_{0};
  std::atomic<unsigned> epoch_{0};  // of rights: retry() starts a new one
  std::atomic<bool> abandoned_{false}, ended_{false}, stands_{false};
  unsigned long unjust_ = 0;
  std::string first_unjust_;
  Exit last_{Exit::Kind::strange};
  std::thread thread_;  // last: it uses all of the above
};

// Why this refusal of KVM_RUN, which began at `since`, is not what the rights taken explain; "" if
// it is. `rights` nullptr: none was taken. For memory that Machine maps.
std::string injustice(const Exit& exit, const Rights* rights, Rights::Moment since);

}  // namespace kproof::kvm
