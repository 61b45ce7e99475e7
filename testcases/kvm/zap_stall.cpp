// How long one mprotect of guest memory keeps a CPU from a thread of the highest priority.
//
// Each round the guest writes to every page, so that SPTEs map all of the region, and then the host
// takes the right to write away, on the CPU on which a SCHED_FIFO thread wakes up all the time
// (sampler.hpp). The mmu notifier zaps every SPTE under mmu_lock: a stall of the round is the worst
// wake-up delay meanwhile. The vCPU does not run then. Metrics have one sample a round.
//
// With --step the guest writes to one page of each so many bytes, and the rest is not there: a slot
// of 512 GiB takes a gigabyte of the host then. Where the notifier is called for all of a range
// that has one page in it (each PUD, or since 6.12 each P4D), the shadow MMU looks at the rmap of
// every page that could be there, and between two that are it neither yields nor asks whether it
// should.
#include <algorithm>

#include <sys/mman.h>

#include "kvm/backing.hpp"
#include "kvm/flush.hpp"
#include "kvm/lock_holds.hpp"
#include "kvm/machine.hpp"
#include "kvm/mmu_mode.hpp"
#include "kvm/sampler.hpp"
#include "lib/clock.hpp"
#include "lib/safe.hpp"

using namespace kproof;

namespace {

struct Options {
  std::string_view backing = "anon";
  std::uint64_t size = std::uint64_t{1} << 30, step = kvm::kPage4K;
  double seconds = 5, period_us = 250, limit_us = 0;
  unsigned rounds = 3;

  std::uint64_t pages() const { return size / step; }
  std::uint64_t written() const { return pages() * kvm::kPage4K; }  // bytes
  bool sparse() const { return step > kvm::kPage4K; }
  // KVM's arrays for a slot: of each page an rmap (8 bytes) and how often it is write-tracked (2).
  std::uint64_t of_host() const { return sparse() ? written() + size / 400 : size; }
};

struct Rounds {
  std::vector<double> stall, idle, time;    // us, one each a round
  std::vector<double> zapped;               // SPTEs
  std::vector<double> hold, calls, yields;  // LockHolds, of the mprotect
  unsigned long fewest_samples = ~0ul;
  std::uint64_t fewest_mapped = ~0ull;     // bytes, by SPTEs, before the mprotect
  std::int64_t fewest_zapped = INT64_MAX;  // bytes that SPTEs mapped before and no more after
  std::uint64_t fewest_requests = ~0ull;   // for flushes, by KVM
  std::string uncounted;                   // why these need not be counted

  // What the mprotect adds to what the machine did to the same thread right behind it.
  std::vector<double> excess() const {
    std::vector<double> excess;
    for (std::size_t i = 0; i < stall.size(); ++i)
      excess.push_back(std::max(stall[i] - idle[i], 0.0));
    return excess;
  }
};

std::uint64_t bytes(const kvm::SpteCounts& counts) {
  return counts.small * kvm::kPage4K + counts.pmd * kvm::kPage2M + counts.pud * kvm::kPage1G;
}

// User mode on the sampler's CPU, for as long as the mprotect took: what the machine itself adds.
void spin(double us) {
  const double end = lib::now_us() + us;
  while (lib::now_us() < end) {
  }
}

void add_holds(Rounds& rounds, const kvm::Holds& holds) {
  rounds.hold.push_back(holds.longest_us);
  rounds.calls.push_back(holds.calls);
  rounds.yields.push_back(holds.yields);
}

void round(kvm::Machine& machine, const Options& options, kvm::LatenessSampler& sampler,
           kvm::LockHolds& lock, Rounds& rounds) {
  const mm::Region& region = machine.region();
  const kvm::Exit exit = machine.vcpu().call(kvm::GuestProgram::fill,
                                             {kvm::kRegionGva, options.pages(), options.step, 1});
  if (!exit.done()) lib::ktap::bail_out("the guest's writes: %s", exit.text().c_str());
  const kvm::Stats& stats = machine.vm().stats();
  const kvm::SpteCounts before = kvm::count_sptes(stats);
  const std::uint64_t requests = kvm::flush_requests(stats);
  double time = 0;
  lock.take();
  rounds.stall.push_back(sampler.worst_during([&] {
    time = lib::timed_us([&] { lib::safe::mprotect(region.base(), region.length(), PROT_READ); });
  }));
  rounds.fewest_samples = std::min(rounds.fewest_samples, sampler.samples());
  if (const kvm::Holds holds = lock.take(); lock.problem().empty()) add_holds(rounds, holds);
  const kvm::SpteCounts after = kvm::count_sptes(stats);
  rounds.fewest_requests = std::min(rounds.fewest_requests, kvm::flush_requests(stats) - requests);
  rounds.uncounted = kvm::flushes_uncounted(stats);
  rounds.time.push_back(time);
  rounds.zapped.push_back(static_cast<double>(before.all() - after.all()));
  rounds.fewest_mapped = std::min(rounds.fewest_mapped, bytes(before));
  rounds.fewest_zapped =
      std::min(rounds.fewest_zapped, static_cast<std::int64_t>(bytes(before) - bytes(after)));
  rounds.idle.push_back(sampler.worst_during([&] { spin(time); }));
  lib::safe::mprotect(region.base(), region.length(), PROT_READ | PROT_WRITE);
}

Rounds measure(kvm::Machine& machine, const Options& options, int cpu) {
  kvm::LockHolds lock;
  kvm::LatenessSampler sampler(cpu, options.period_us);
  Rounds rounds;
  const double end = lib::now_us() + options.seconds * 1e6;
  while (rounds.stall.size() < options.rounds || lib::now_us() < end)
    round(machine, options, sampler, lock, rounds);
  if (!lock.problem().empty())
    lib::ktap::diagnostic("mmu_lock's holds are not timed: %s", lock.problem().c_str());
  return rounds;
}

void report(lib::Case& test, const Rounds& rounds, const Options& options, int cpu) {
  test.evidence("sptes_mapped", rounds.fewest_mapped >= options.written(),
                "in each of %zu rounds SPTEs mapped %lu KiB or more before mprotect of %lu MiB",
                rounds.stall.size(), rounds.fewest_mapped >> 10, options.size >> 20);
  test.evidence(
      "sampler_ran", rounds.fewest_samples >= 2,
      "SCHED_FIFO on CPU %d, that of mprotect, each %.0f us; at least %lu wake-ups a round", cpu,
      options.period_us, rounds.fewest_samples);
  test.metric("stall", rounds.stall, "us");
  test.metric("stall_idle", rounds.idle, "us");
  test.metric("mprotect_time", rounds.time, "us");
  test.metric("pages_zapped", rounds.zapped, "SPTEs");
  test.metric("mmu_lock_hold", rounds.hold, "us");
  test.metric("notifier_calls", rounds.calls, "calls");
  test.metric("yields", rounds.yields, "yields");
  test.metric("rounds", static_cast<double>(rounds.stall.size()), "rounds");
}

void judge(lib::Case& test, const Rounds& rounds, const Options& options) {
  test.run("mprotect zaps every SPTE of the region", [&](lib::Check& check) {
    check.that(rounds.fewest_zapped >= static_cast<std::int64_t>(options.written()),
               "%ld of %lu bytes in some round", rounds.fewest_zapped, options.written());
    check.that(rounds.fewest_requests >= 1 || !rounds.uncounted.empty(),
               "no flush of the TLBs was asked for in some round");
  });
  const double limit = options.limit_us;
  if (limit == 0) return;
  // A host that is busy stalls a round now and then, with or without an mprotect; the kernel stalls
  // each. So of each round counts what is more than in its run without, and of the rounds the
  // median.
  test.run(
      "the median stall, less that without mprotect, keeps to the limit", [&](lib::Check& check) {
        if (lib::percentile(rounds.excess(), 50) <= limit) return;
        for (std::size_t i = 0; i < rounds.stall.size(); ++i)
          check.that(false, "round %zu: %.0f us, %.0f us without mprotect; the limit is %.0f us", i,
                     rounds.stall[i], rounds.idle[i], limit);
      });
}

void check(const Options& options) {
  if (options.size == 0 || options.size % kvm::kPage2M != 0 ||
      options.size % kvm::entry_size(options.backing) != 0)
    lib::usage_error("--size must be a multiple of 2 MiB and of the backing's entries");
  if (options.step < kvm::kPage4K || options.size % options.step != 0 ||
      (options.sparse() && options.backing != "anon"))
    lib::usage_error("--step must divide --size and be 4096, or more of anon");
  if (options.rounds == 0 || options.period_us < 1)
    lib::usage_error("--rounds and --period-us: at least 1");
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  const lib::Description description{
      .name = "kvm/zap_stall",
      .summary = "how long an mprotect of guest memory keeps the CPU from a SCHED_FIFO thread",
      .needs = {.kconfig = {"CONFIG_KVM"}, .memory = 512ull << 20, .vcpus = 2, .kvm = true},
      .evidence = {"kvm_api", "mmu_mode", "backing_size", "sptes_mapped", "sampler_ran"},
      .timeout_ms = 60000,
      .needs_of_options =
          [&](lib::Needs& needs) {
            kvm::add_backing_needs(needs, options.backing, options.of_host());
          },
      .quiet = true,
  };
  lib::Case test(
      argc, argv, description,
      {kvm::backing_option(&options.backing),
       {.name = "--size", .help = "bytes of memory (1G)", .size = &options.size},
       {.name = "--step",
        .help = "bytes from one page that is written to the next (4096); more: anon only",
        .size = &options.step},
       {.name = "--seconds", .help = "to go on for (5)", .number = &options.seconds},
       {.name = "--rounds", .help = "at least (3)", .count = &options.rounds},
       {.name = "--period-us", .help = "between wake-ups (250)", .number = &options.period_us},
       {.name = "--limit-us",
        .help = "that the median stall must keep to (0: none)",
        .number = &options.limit_us}});
  check(options);
  const kvm::Kvm kvm;
  const auto provider = kvm::provide(options.backing, options.size);
  test.plan(options.limit_us == 0 ? 1 : 2);
  kvm.prove_api(test);
  // The guest's own tables for what is not there would be larger than what is.
  kvm::Machine machine(kvm, *provider,
                       {options.size, options.sparse() ? kvm::kPage2M : kvm::kPage4K});
  // One for each 2 MiB, or those of three levels for each page.
  machine.vm().allow_shadow_pages(
      static_cast<unsigned>(std::min(options.size / kvm::kPage2M, options.pages() * 3)) + 1024);
  kvm::prove_mmu_mode(test, machine.vcpu(), machine.tables());
  if (options.sparse())
    kvm::prove_backing(test, options.backing, *provider, mm::Region(*provider, kvm::kPage2M));
  else
    kvm::prove_backing(test, options.backing, *provider, machine.region());
  const int cpu = kvm::stay_on_one_cpu();
  const Rounds rounds = measure(machine, options, cpu);
  report(test, rounds, options, cpu);
  judge(test, rounds, options);
  return test.finish();
}
