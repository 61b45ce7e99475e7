// One thread writes for ever while another takes the permission away and gives it back.
//
// Once mprotect(PROT_READ) has returned, no CPU may hold a writable translation: the words that the
// writer works on must not change from then until the permission is given back. A write that began
// before is over by then, since mprotect waits for the other CPU to flush its TLB.
#include <array>
#include <atomic>
#include <thread>

#include <sched.h>
#include <sys/mman.h>

#include "lib/clock.hpp"
#include "lib/safe.hpp"
#include "mm/suite.hpp"

namespace kproof::mm {

static constexpr double kPatienceUs = 10e6;  // for the writer to run at all; TCG on a busy host
static constexpr std::size_t kWords = 4;     // few enough to stay in the TLB

// Keeps this thread on the n-th of the CPUs that the process may use; false if there are fewer. Two
// threads of one CPU would share its TLB and never meet.
static bool stay_on_cpu(const cpu_set_t& allowed, int n) {
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed) || n-- > 0) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    return ::sched_setaffinity(0, sizeof one, &one) == 0;
  }
  return false;
}

// This thread stays on the first CPU while this lives.
class StayOnFirstCpu {
 public:
  StayOnFirstCpu() {
    lib::safe::check(::sched_getaffinity(0, sizeof allowed_, &allowed_), "sched_getaffinity");
    stay_on_cpu(allowed_, 0);
  }
  ~StayOnFirstCpu() { ::sched_setaffinity(0, sizeof allowed_, &allowed_); }
  const cpu_set_t& allowed() const { return allowed_; }

 private:
  cpu_set_t allowed_;
};

class Writer {
 public:
  Writer(const Region& region, const cpu_set_t& allowed)
      : region_(region), allowed_(allowed), thread_([this] { run(); }) {}
  ~Writer() {
    stop_ = true;
    thread_.join();
  }

  Word* word(std::size_t i) const { return region_.word(i * region_.words() / kWords); }
  unsigned long tries() const { return tries_; }
  unsigned long landed() const { return landed_; }
  unsigned long refused() const { return refused_; }
  unsigned long strange() const { return strange_; }  // faults other than SEGV_ACCERR

  bool alone() const { return alone_; }  // on a CPU of its own

  // Waits until `counter` has grown by `more`; false if it does not.
  bool wait(unsigned long (Writer::*counter)() const, unsigned long more) const {
    const unsigned long goal = (this->*counter)() + more;
    const double deadline = lib::now_us() + kPatienceUs;
    while ((this->*counter)() < goal) {
      if (lib::now_us() > deadline) return false;
      ::sched_yield();
    }
    return true;
  }

 private:
  void run() {
    alone_ = stay_on_cpu(allowed_, 1);
    for (std::uint64_t value = 1; !stop_; ++value) {
      const lib::Fault fault = lib::try_write(word(value % kWords), value);
      if (!fault.happened())
        ++landed_;
      else
        ++(fault.is(SIGSEGV, SEGV_ACCERR) ? refused_ : strange_);
      ++tries_;
    }
  }

  const Region& region_;
  const cpu_set_t allowed_;
  std::atomic<bool> alone_{false};
  std::atomic<bool> stop_{false};
  std::atomic<unsigned long> tries_{0}, landed_{0}, refused_{0}, strange_{0};
  std::thread thread_;  // last: it uses all of the above
};

static std::array<std::uint64_t, kWords> snapshot(const Writer& writer) {
  std::array<std::uint64_t, kWords> values;
  for (std::size_t i = 0; i < kWords; ++i)
    values[i] = *writer.word(i);
  return values;
}

// One read-only window. Of two tries that ended in it, one began in it. False: stop.
static bool window(const Region& region, const Writer& writer, lib::Check& check,
                   unsigned long& tries) {
  if (!region.protect(check, PROT_READ)) return false;
  const auto before = snapshot(writer);
  const unsigned long first = writer.tries();
  const bool tried = writer.wait(&Writer::tries, 2);
  tries += writer.tries() - first;
  const auto after = snapshot(writer);
  check.that(before == after, "a write landed after mprotect(PROT_READ) had returned");
  if (!check.that(tried, "the writer made no try in %.0f s", kPatienceUs / 1e6)) return false;
  if (!region.protect(check, PROT_READ | PROT_WRITE)) return false;
  return check.that(writer.wait(&Writer::landed, 1), "no write landed within %.0f s of RW",
                    kPatienceUs / 1e6);
}

void no_write_lands_while_read_only(Context& context, lib::Check& check) {
  Region& region = populated(context, 1);
  const StayOnFirstCpu here;
  const Writer writer(region, here.allowed());
  const double end = lib::now_us() + context.scale.seconds * 1e6;
  unsigned windows = 0;
  unsigned long tries = 0;
  bool going = writer.wait(&Writer::landed, 1);
  // After a failure more windows show nothing new, and may cost a kernel message each.
  while (going && (windows < kFewestWindows || (check.ok() && lib::now_us() < end))) {
    going = window(region, writer, check, tries);
    windows += going;
  }
  check.that(writer.strange() == 0, "%lu faults were not SEGV_ACCERR", writer.strange());
  context.test.evidence(
      "writer_met_read_only", windows >= kFewestWindows && writer.alone(),
      "%lu tries of a thread on %s CPU in %u read-only windows, %lu writes refused, %lu landed",
      tries, writer.alone() ? "another" : "the same", windows, writer.refused(), writer.landed());
}

}  // namespace kproof::mm
