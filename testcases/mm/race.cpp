// One thread writes for ever while another takes the permission away and gives it back.
//
// Once mprotect(PROT_READ) has returned, no CPU may hold a writable translation: the words that the
// writer works on must not change from then until the permission is given back. A write that began
// before is over by then, since mprotect waits for the other CPU to flush its TLB.
#include <array>
#include <atomic>
#include <chrono>
#include <semaphore>
#include <thread>
#include <vector>

#include <sys/mman.h>

#include "lib/clock.hpp"
#include "lib/cpu.hpp"
#include "mm/mprotect_suite.hpp"

namespace kproof::mm {

// For the writer to run at all: TCG on a busy host.
static constexpr std::chrono::seconds kPatience{10};
static constexpr std::size_t kWords = 4;  // few enough to stay in the TLB

// Counts, and says when a goal is reached. To wait without spinning leaves the CPU to the writer,
// which on a host with fewer CPUs than the guest may be waiting for it.
class Counter {
 public:
  unsigned long value() const { return value_; }

  void add() {
    if (++value_ >= goal_ && goal_.exchange(kNoGoal) != kNoGoal) reached_.release();
  }
  // Waits until it has grown by `more`; false if it does not in time.
  bool wait(unsigned long more) {
    goal_ = value_ + more;
    return reached_.try_acquire_for(kPatience);
  }

 private:
  static constexpr unsigned long kNoGoal = ~0ul;
  std::atomic<unsigned long> value_{0}, goal_{kNoGoal};
  std::binary_semaphore reached_{0};
};

class Writer {
 public:
  Writer(const Region& region, const std::vector<int>& cpus)
      : region_(region), cpus_(cpus), thread_([this] { run(); }) {}
  ~Writer() {
    stop_ = true;
    thread_.join();
  }

  Word* word(std::size_t i) const { return region_.word(i * region_.words() / kWords); }
  // On a CPU of its own. Two threads of one CPU would share its TLB and never meet.
  bool alone() const { return alone_; }

  Counter tries, landed;     // a try lands or faults
  Counter refused, strange;  // SEGV_ACCERR, and any other fault

 private:
  void run() {
    if (cpus_.size() > 1) {
      lib::stay_on_cpus({cpus_[1]});
      alone_ = true;
    }
    for (std::uint64_t value = 1; !stop_; ++value) {
      const lib::Fault fault = lib::try_write(word(value % kWords), value);
      if (!fault.happened())
        landed.add();
      else
        (fault.is(SIGSEGV, SEGV_ACCERR) ? refused : strange).add();
      tries.add();
    }
  }

  const Region& region_;
  const std::vector<int> cpus_;
  std::atomic<bool> alone_{false};
  std::atomic<bool> stop_{false};
  std::thread thread_;  // last: it uses all of the above
};

static std::array<std::uint64_t, kWords> snapshot(const Writer& writer) {
  std::array<std::uint64_t, kWords> values;
  for (std::size_t i = 0; i < kWords; ++i)
    values[i] = *writer.word(i);
  return values;
}

// One read-only window. Of two tries that ended in it, one began in it. False: stop.
static bool window(const Region& region, Writer& writer, lib::Check& check, unsigned long& tries) {
  if (!region.protect(check, PROT_READ)) return false;
  const auto before = snapshot(writer);
  const unsigned long first = writer.tries.value();
  const bool tried = writer.tries.wait(2);
  tries += writer.tries.value() - first;
  const auto after = snapshot(writer);
  check.that(before == after, "a write landed after mprotect(PROT_READ) had returned");
  if (!check.that(tried, "the writer made no two tries in %ld s",
                  static_cast<long>(kPatience.count())))
    return false;
  if (!region.protect(check, kReadWrite)) return false;
  return check.that(writer.landed.wait(1), "no write landed within %ld s of RW",
                    static_cast<long>(kPatience.count()));
}

void no_write_lands_while_read_only(Context& context, lib::Check& check) {
  Region& region = populated(context, 1);
  const lib::StayOnFirstCpu here;
  Writer writer(region, here.cpus());
  const double end = lib::now_us() + context.scale.seconds * 1e6;
  unsigned windows = 0;
  unsigned long tries = 0;
  bool going = writer.landed.wait(1);
  // After a failure more windows show nothing new, and may cost a kernel message each.
  while (going && (windows < kFewestWindows || (check.ok() && lib::now_us() < end))) {
    going = window(region, writer, check, tries);
    windows += going;
  }
  check.that(writer.strange.value() == 0, "%lu faults were not SEGV_ACCERR",
             writer.strange.value());
  context.test.evidence(
      "writer_met_read_only", windows >= kFewestWindows && writer.alone(),
      "%lu tries of a thread on %s CPU in %u read-only windows, %lu writes refused, %lu landed",
      tries, writer.alone() ? "another" : "the same", windows, writer.refused.value(),
      writer.landed.value());
}

}  // namespace kproof::mm
