// One mprotect of memory with millions of rmap entries must not cause a soft lockup.
//
// The shadow MMU keeps for each guest page a chain of all SPTEs that map it (its rmap), and a
// notifier call zaps them all. Kernels that hold mmu_lock over the whole range without a break keep
// the CPU for as long as that takes. The watchdog reports a CPU that has run nothing else for more
// than 2 * watchdog_thresh seconds, at a sample each 2/5 * watchdog_thresh seconds, by a clock of
// about a second a tick (get_timestamp): a stall of 2 to 3.6 s by chance, a longer one for certain.
#include <cstdlib>

#include <sys/mman.h>

#include "kvm/aliases.hpp"
#include "kvm/backing.hpp"
#include "kvm/flush.hpp"
#include "kvm/mmu_mode.hpp"
#include "kvm/sampler.hpp"
#include "lib/clock.hpp"
#include "lib/safe.hpp"
#include "lib/sysfs.hpp"

using namespace kproof;

namespace {

struct Options {
  std::string_view backing = "anon";
  std::uint64_t size = std::uint64_t{128} << 20;
  std::uint64_t aliases = std::uint64_t{1} << 30;
  unsigned vcpus = 1;

  std::uint64_t count() const { return aliases / size; }
};

void add_needs(lib::Needs& needs, const Options& options) {
  kvm::add_backing_needs(needs, options.backing, options.size);
  needs.memory += options.aliases / kvm::kPage2M * kvm::Aliases::kKernelBytesPerTable;
}

void prove_watchdog(lib::Case& test) {
  const std::string armed = lib::sysfs::read("/proc/sys/kernel/soft_watchdog");
  const std::string seconds = lib::sysfs::read("/proc/sys/kernel/watchdog_thresh");
  test.evidence("watchdog_armed", armed == "1" && seconds == "1",
                "soft_watchdog \"%s\", watchdog_thresh \"%s\"", armed.c_str(), seconds.c_str());
}

void prove_rmaps(lib::Case& test, const kvm::Aliases& aliases, std::uint64_t pages,
                 const kvm::SpteCounts& grown) {
  test.evidence("rmap_entries", grown.small >= aliases.sptes(),
                "%lu SPTEs of 4 KiB for %lu pages under %zu addresses each; %zu wanted",
                grown.small, pages, aliases.count(), aliases.sptes());
}

struct Measured {
  double build_us, mprotect_us, stall_us;
  std::int64_t zapped;     // SPTEs; less than 0 if there are more
  std::size_t wanted;      // the aliases'
  std::uint64_t requests;  // for flushes
  std::string uncounted;   // why these need not be counted
};

// Through each alias the guest writes to a page of the first, the last and another place: all are
// refused. A zap that stops on its way leaves SPTEs in whatever order it goes.
void expect_refused(lib::Check& check, kvm::Machine& machine, const kvm::Aliases& aliases) {
  const std::size_t pages = machine.region().length() / kvm::kPage4K;
  for (std::size_t alias = 0; alias < aliases.count(); ++alias)
    for (const std::size_t page : {std::size_t{0}, (alias * 61 + 7) % pages, pages - 1}) {
      const kvm::Exit exit = machine.vcpu().call(kvm::GuestProgram::write,
                                                 {aliases.gva(alias) + page * kvm::kPage4K, 1});
      check.that(exit.refused(), "the guest's write to page %zu of alias %zu: %s", page, alias,
                 exit.text().c_str());
    }
}

Measured measure(lib::Case& test, kvm::Machine& machine, kvm::Aliases& aliases) {
  const kvm::Stats& stats = machine.vm().stats();
  Measured measured{};
  const kvm::SpteCounts none = kvm::count_sptes(stats);
  measured.build_us = lib::timed_us([&] { aliases.touch_all(); });
  const kvm::SpteCounts all = kvm::count_sptes(stats);
  prove_rmaps(test, aliases, machine.region().length() / kvm::kPage4K,
              {all.small - none.small, 0, 0});
  const mm::Region& region = machine.region();
  measured.wanted = aliases.sptes();
  measured.uncounted = kvm::flushes_uncounted(stats);
  const std::uint64_t requests = kvm::flush_requests(stats);
  kvm::LatenessSampler sampler(kvm::stay_on_one_cpu(), 10000);
  measured.stall_us = sampler.worst_during([&] {
    measured.mprotect_us =
        lib::timed_us([&] { lib::safe::mprotect(region.base(), region.length(), PROT_READ); });
  });
  measured.zapped = static_cast<std::int64_t>(all.all() - kvm::count_sptes(stats).all());
  measured.requests = kvm::flush_requests(stats) - requests;
  return measured;
}

void judge(lib::Case& test, kvm::Machine& machine, const kvm::Aliases& aliases,
           const Measured& measured) {
  constexpr double kLimitUs = 2e6;
  test.run("mprotect keeps its CPU for less than 2 * watchdog_thresh", [&](lib::Check& check) {
    check.that(measured.stall_us < kLimitUs, "a SCHED_FIFO thread waited %.0f ms for the CPU",
               measured.stall_us / 1e3);
  });
  test.run("mprotect leaves no SPTE", [&](lib::Check& check) {
    check.that(measured.zapped >= static_cast<std::int64_t>(measured.wanted),
               "KVM counts %ld SPTEs less than before; the aliases had %zu", measured.zapped,
               measured.wanted);
    check.that(measured.requests >= 1 || !measured.uncounted.empty(),
               "KVM asked for no flush of the TLBs");
  });
  test.run("no alias lets the guest write",
           [&](lib::Check& check) { expect_refused(check, machine, aliases); });
  test.metric("build_time", measured.build_us / 1e6, "s");
  test.metric("mprotect_time", measured.mprotect_us, "us");
  test.metric("stall_max", measured.stall_us, "us");
  test.metric("pages_zapped", static_cast<double>(measured.zapped), "SPTEs");
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  const lib::Description description{
      .name = "kvm/rmap_alias_lockup",
      .summary = "one mprotect of memory under many guest addresses causes no soft lockup",
      .needs = {.kconfig = {"CONFIG_KVM", "CONFIG_SOFTLOCKUP_DETECTOR"},
                .sysctls = {{"kernel.watchdog_thresh", "1"}},
                .memory = 384ull << 20,
                .vcpus = 2,
                .kvm = true},
      .evidence = {"kvm_api", "mmu_mode", "backing_size", "watchdog_armed", "rmap_entries"},
      .timeout_ms = 120000,
      .needs_of_options = [&](lib::Needs& needs) { add_needs(needs, options); },
      .quiet = true,
  };
  lib::Case test(
      argc, argv, description,
      {kvm::backing_option(&options.backing),
       {.name = "--size", .help = "bytes of memory, at most 1G (128M)", .size = &options.size},
       {.name = "--aliases",
        .help = "guest-virtual bytes that map it (1G)",
        .size = &options.aliases},
       {.name = "--vcpus", .help = "that touch the aliases (1)", .count = &options.vcpus}});
  if (options.size == 0 || options.size % kvm::kPage2M != 0 || options.size > kvm::kPage1G ||
      options.count() == 0 || options.count() > kvm::Aliases::kMostPerPage)
    lib::usage_error("--size must be a multiple of 2 MiB, --aliases 1 to %zu times as much",
                     kvm::Aliases::kMostPerPage);
  if (options.vcpus == 0 || options.vcpus > kvm::kMostVcpus)
    lib::usage_error("--vcpus: 1 to %u", kvm::kMostVcpus);
  kvm::skip_unless(kvm::MmuMode::shadow, "only the shadow MMU has an SPTE for each guest address");
  const kvm::Kvm kvm;
  const auto provider = kvm::provide(options.backing, options.size);
  test.plan(3);
  kvm.prove_api(test);
  kvm::Machine machine(kvm, *provider,
                       {options.size, kvm::kPage4K, options.vcpus,
                        // A page directory for each GiB of aliases.
                        (options.aliases / kvm::kPage1G + 8) * kvm::kPage4K});
  kvm::prove_mmu_mode(test, machine.vcpu(), machine.tables());
  kvm::prove_backing(test, options.backing, *provider, machine.region());
  prove_watchdog(test);
  kvm::Aliases aliases(machine, options.count());
  const Measured measured = measure(test, machine, aliases);
  judge(test, machine, aliases, measured);
  return test.finish();
}
