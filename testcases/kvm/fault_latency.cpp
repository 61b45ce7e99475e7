// How long a vCPU's fault takes while the host changes other memory of the same VM.
//
// Each round the guest has written to every page, and a thread on another CPU takes the right to
// write from all but the last few MiB: KVM zaps tens of thousands of SPTEs under mmu_lock.
// Meanwhile the vCPU writes to pages of the rest, which SPTEs do not map yet, one after the other:
// each is a fault that needs mmu_lock, too. (KVM: x86/mmu: Retry fault before acquiring mmu_lock if
// mapping is changing.) A sample is the time of the KVM_RUN that writes one word, on the host's
// clock: the way into the guest and back is part of it, so the same is measured while nothing is
// changed.
#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <sys/mman.h>

#include "kvm/backing.hpp"
#include "kvm/machine.hpp"
#include "kvm/mmu_mode.hpp"
#include "lib/clock.hpp"
#include "lib/cpu.hpp"
#include "lib/safe.hpp"

using namespace kproof;

namespace {

constexpr std::size_t kRest = std::size_t{4} << 20;  // bytes that are not taken
constexpr std::size_t kRestPages = kRest / kvm::kPage4K;

struct Options {
  std::uint64_t size = std::uint64_t{256} << 20;
  double limit_us = 0;
  unsigned rounds = 5;
};

struct Samples {
  std::vector<double> fault, idle, time;  // us: of a fault, of one with nothing going on, mprotect
  std::size_t fewest = SIZE_MAX;          // faults of a round that began while mprotect went on
  std::string problem;
};

// Takes the right to write from all but the rest, once, on another CPU.
class Taker {
 public:
  Taker(const mm::Region& region, int cpu)
      : thread_([this, &region, cpu] {
          lib::stay_on_cpus({cpu});
          begun_ = true;
          time_ = lib::timed_us(
              [&] { lib::safe::mprotect(region.base(), region.length() - kRest, PROT_READ); });
          ended_ = true;
        }) {
    while (!begun_) {
    }
  }
  ~Taker() { join(); }
  bool ended() const { return ended_; }
  double join() {
    if (thread_.joinable()) thread_.join();
    return time_;
  }

 private:
  std::atomic<bool> begun_{false}, ended_{false};
  double time_ = 0;
  std::thread thread_;  // last: it uses all of the above
};

// The time of the vCPU's write to page `page` of the rest.
double fault(kvm::Machine& machine, std::size_t page, Samples& samples) {
  const std::size_t word = machine.words() - kRestPages + page;
  kvm::Exit exit{};
  const double time = lib::timed_us([&] { exit = machine.write(word, page + 1); });
  if (!exit.done()) samples.problem = exit.text();
  if (*machine.region().word(word) != page + 1) samples.problem = "a write did not arrive";
  return time;
}

// No SPTE maps it then; the pages stay.
void unmap_rest(const mm::Region& region) {
  char* const rest = region.base() + region.length() - kRest;
  lib::safe::mprotect(rest, kRest, PROT_NONE);
  lib::safe::mprotect(rest, kRest, PROT_READ | PROT_WRITE);
}

void round(kvm::Machine& machine, int cpu, Samples& samples) {
  const mm::Region& region = machine.region();
  const kvm::Exit exit = machine.fill(0, machine.words(), 1);
  if (!exit.done()) lib::ktap::bail_out("the guest's writes: %s", exit.text().c_str());
  unmap_rest(region);
  std::size_t met = 0;
  {
    Taker taker(region, cpu);
    for (; met < kRestPages && !taker.ended(); ++met)
      samples.fault.push_back(fault(machine, met, samples));
    samples.time.push_back(taker.join());
  }
  samples.fewest = std::min(samples.fewest, met);
  unmap_rest(region);
  for (std::size_t page = 0; page < met; ++page)
    samples.idle.push_back(fault(machine, page, samples));
  lib::safe::mprotect(region.base(), region.length(), PROT_READ | PROT_WRITE);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  const lib::Description description{
      .name = "kvm/fault_latency",
      .summary = "how long a vCPU's fault takes while mprotect zaps other memory of the VM",
      .needs = {.kconfig = {"CONFIG_KVM"}, .memory = 768ull << 20, .vcpus = 2, .kvm = true},
      .evidence = {"kvm_api", "mmu_mode", "faults_met_mprotect"},
      .timeout_ms = 60000,
      .quiet = true,
  };
  lib::Case test(
      argc, argv, description,
      {{.name = "--size", .help = "bytes of memory (256M)", .size = &options.size},
       {.name = "--rounds", .help = "(5)", .count = &options.rounds},
       {.name = "--limit-us",
        .help = "that the median fault, less that without mprotect, must keep to (0: none)",
        .number = &options.limit_us}});
  if (options.size % kvm::kPage2M != 0 || options.size < 4 * kRest || options.rounds == 0)
    lib::usage_error("--size must be a multiple of 2 MiB, at least 16 MiB; --rounds at least 1");
  const kvm::Kvm kvm;
  const auto provider = kvm::provide("anon", options.size);
  test.plan(options.limit_us == 0 ? 1 : 2);
  kvm.prove_api(test);
  kvm::Machine machine(kvm, *provider, {options.size, kvm::kPage4K});
  machine.vm().allow_shadow_pages(static_cast<unsigned>(options.size / kvm::kPage2M) + 1024);
  kvm::prove_mmu_mode(test, machine.vcpu(), machine.tables());
  const lib::StayOnFirstCpu here;
  if (here.other() < 0) lib::ktap::bail_out("one CPU: the vCPU and mprotect cannot run at once");
  Samples samples;
  for (unsigned i = 0; i < options.rounds && samples.problem.empty(); ++i)
    round(machine, here.other(), samples);
  test.evidence("faults_met_mprotect", samples.fewest > 0 && samples.problem.empty(),
                "%zu faults in %zu rounds, at least %zu in each, began while mprotect went on",
                samples.fault.size(), samples.time.size(), samples.fewest);
  test.metric("fault", samples.fault, "us");
  test.metric("fault_idle", samples.idle, "us");
  test.metric("mprotect_time", samples.time, "us");
  test.run("each write of the vCPU arrives", [&](lib::Check& check) {
    check.that(samples.problem.empty(), "%s", samples.problem.c_str());
  });
  if (options.limit_us == 0) return test.finish();
  test.run("the median fault, less that without mprotect, keeps to the limit",
           [&](lib::Check& check) {
             const double excess =
                 lib::percentile(samples.fault, 50) - lib::percentile(samples.idle, 50);
             check.that(excess <= options.limit_us, "%.0f us; the limit is %.0f us", excess,
                        options.limit_us);
           });
  return test.finish();
}
