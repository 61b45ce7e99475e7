// The behaviours of aging: who asks whether the guest used its memory gets the truth, and the guest
// loses nothing by it.
#pragma once

#include "kvm/notifiers.hpp"
#include "kvm/suite.hpp"

namespace kproof::kvm::aging {

// `seconds` is also the most that DAMON may take.
using kvm::Context;

// aging_watch.cpp
// Counts the callbacks on a machine's region while one subtest runs, and says in the end, as
// evidence `agings_counted`, that KVM was asked in this one. Each subtest that runs owes that.
class Watch {
 public:
  Watch(Context& context, const Machine& machine, const char* subtest);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch();

  const NotifierCounters& counters() const { return counters_; }
  // This kernel acts without asking, which it may: the fact stands for the evidence.
  void asks_nobody(std::string fact) { asks_nobody_ = std::move(fact); }

 private:
  Context& context_;
  const char* subtest_;
  std::string asks_nobody_;
  NotifierCounters counters_;
};

// The rule of the kernel's own access_tracking_perf_test: of what the guest used at most a tenth
// may look unused. It only warns in a VM, as TLBs that hold much hide uses; here a flush that KVM
// has counted (TlbFlusher) came before the use, so that no TLB holds anything. Without that flush,
// and in a VM, this warns too.
void expect_seen(lib::Check& check, std::size_t unseen, std::size_t used, bool flushed,
                 const char* what);

// Vcpu 0 finds what fill() wrote (suite.hpp).
void expect_filled(Machine& machine, lib::Check& check, const char* when);

void idle_pages(Context&, lib::Check&);  // aging_idle.cpp
void idle_huge_pages(Context&, lib::Check&);
void damon(Context&, lib::Check&);        // aging_damon.cpp
void asked_twice(Context&, lib::Check&);  // aging_asked.cpp
void pageout(Context&, lib::Check&);      // aging_reclaim.cpp
void lru_gen(Context&, lib::Check&);
void freed(Context&, lib::Check&);       // aging_freed.cpp
void race_alone(Context&, lib::Check&);  // aging_race.cpp
void race_with_mprotect(Context&, lib::Check&);

}  // namespace kproof::kvm::aging
