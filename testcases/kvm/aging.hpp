// The behaviours of aging: who asks whether the guest used its memory gets the truth, and the guest
// loses nothing by it.
#pragma once

#include "kvm/notifiers.hpp"
#include "kvm/suite.hpp"

namespace kproof::kvm::aging {

// `seconds` is also the most that DAMON may take.
struct Context : kvm::Context {
  std::uint64_t agings = 0;  // callbacks seen so far: clear_young, clear_flush_young
  std::uint64_t young_tests = 0;
};

// aging_watch.cpp
// Counts the callbacks on a machine's region, and adds them to the context in the end.
class Watch {
 public:
  Watch(Context& context, const Machine& machine);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch();

  const NotifierCounters& counters() const { return counters_; }

 private:
  Context& context_;
  NotifierCounters counters_;
};

// Vcpu 0 writes, or finds, 1 + i in word i.
bool fill(Machine& machine, lib::Check& check);
void expect_filled(Machine& machine, lib::Check& check, const char* when);

void page_idle(Context&, lib::Check&);  // aging_idle.cpp
void damon(Context&, lib::Check&);      // aging_damon.cpp
void pageout(Context&, lib::Check&);    // aging_reclaim.cpp
void lru_gen(Context&, lib::Check&);
void race_alone(Context&, lib::Check&);  // aging_race.cpp
void race_with_mprotect(Context&, lib::Check&);

}  // namespace kproof::kvm::aging
