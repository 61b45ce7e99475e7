// vCPUs write to a region while host threads toggle its protection; both sides check every word.
#include "kvm/backing.hpp"
#include "kvm/mmu_mode.hpp"
#include "kvm/storm.hpp"

using namespace kproof;

namespace {

struct Options {
  std::string_view backing = "anon";
  std::uint64_t size = 0;  // 0: 8 MiB, at least two entries
  double seconds = 4;
  unsigned vcpus = 2, togglers = 2, seed = 1;

  std::size_t entry() const { return kvm::entry_size(backing); }
  std::uint64_t bytes() const {
    return size ? size : std::max<std::uint64_t>(2 * entry(), std::uint64_t{8} << 20);
  }
};

// Each word's value is the number of rounds of its vCPU: none of its writes was lost, and none went
// anywhere else.
void expect_words(lib::Check& check, kvm::Machine& machine, kvm::Storm& storm) {
  for (unsigned id = 0; id < machine.shape().vcpus; ++id) {
    const std::uint64_t rounds = machine.vcpu(id).mailbox().rounds;
    for (std::size_t i = 0; i < machine.words(); ++i) {
      const std::uint64_t value = *storm.word(id, i);
      check.that(value == rounds, "word %zu of vCPU %u is %lu after %lu rounds", i, id, value,
                 rounds);
    }
  }
}

void report(lib::Case& test, kvm::Machine& machine, kvm::Storm& storm) {
  std::uint64_t refused = 0, writes = 0, fewest_refused = ~0ul, fewest_rounds = ~0ul;
  for (unsigned id = 0; id < machine.shape().vcpus; ++id) {
    const kvm::Mailbox& mailbox = machine.vcpu(id).mailbox();
    refused += storm.runner(id).refusals();
    writes += mailbox.tries;
    fewest_refused = std::min(fewest_refused, storm.runner(id).refusals());
    fewest_rounds = std::min(fewest_rounds, std::uint64_t{mailbox.rounds});
  }
  test.evidence(
      "vcpus_met_toggles", fewest_refused > 0 && fewest_rounds > 0,
      "each of %u vCPUs was refused at least %lu times and ended at least %lu rounds over "
      "%zu words",
      machine.shape().vcpus, fewest_refused, fewest_rounds, machine.words());
  test.metric("toggles", static_cast<double>(storm.counts().toggles), "calls");
  test.metric("toggles_of_whole", static_cast<double>(storm.counts().whole), "times");
  test.metric("windows", static_cast<double>(storm.counts().windows), "windows");
  test.metric("guest_writes", static_cast<double>(writes), "writes");
  test.metric("refused", static_cast<double>(refused), "exits");
}

void judge(lib::Case& test, kvm::Machine& machine, kvm::Storm& storm) {
  test.run("every mprotect succeeds", [&](lib::Check& check) {
    check.that(storm.counts().errors == 0, "%lu failed", storm.counts().errors.load());
  });
  test.run("every vCPU ends by its own program", [&](lib::Check& check) {
    for (unsigned id = 0; id < machine.shape().vcpus; ++id)
      check.that(storm.end_of(id).done(), "vCPU %u: %s", id, storm.end_of(id).text().c_str());
  });
  test.run("no vCPU finds a word that it had not left so", [&](lib::Check& check) {
    for (unsigned id = 0; id < machine.shape().vcpus; ++id)
      check.that(machine.vcpu(id).mailbox().wrong == 0, "vCPU %u: %lu words", id,
                 machine.vcpu(id).mailbox().wrong);
  });
  test.run("the host finds every write of every vCPU",
           [&](lib::Check& check) { expect_words(check, machine, storm); });
  test.run("no word changes while its range is read-only", [&](lib::Check& check) {
    check.that(storm.counts().changed == 0, "%lu did, in %lu windows",
               storm.counts().changed.load(), storm.counts().windows.load());
  });
}

void zero(const kvm::Machine& machine) {
  for (std::size_t i = 0; i < machine.words(); ++i)
    for (unsigned id = 0; id < machine.shape().vcpus; ++id)
      machine.region().word(i)[id] = 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  const lib::Description description{
      .name = "kvm/mprotect_storm",
      .summary =
          "vCPUs write while host threads toggle RW, RO and NONE over whole and partial ranges",
      .needs = {.kconfig = {"CONFIG_KVM"}, .memory = 512ull << 20, .vcpus = 2, .kvm = true},
      .evidence = {"kvm_api", "mmu_mode", "backing_size", "spte_size", "vcpus_met_toggles"},
      .needs_of_options =
          [&](lib::Needs& needs) {
            kvm::add_backing_needs(needs, options.backing, options.bytes());
          },
  };
  lib::Case test(argc, argv, description,
                 {kvm::backing_option(&options.backing),
                  {.name = "--size",
                   .help = "bytes of memory (8M, at least two entries)",
                   .size = &options.size},
                  {.name = "--seconds", .help = "length of the storm", .number = &options.seconds},
                  {.name = "--vcpus", .help = "vCPUs that write (2)", .count = &options.vcpus},
                  {.name = "--togglers",
                   .help = "host threads that call mprotect (2)",
                   .count = &options.togglers},
                  {.name = "--seed", .help = "of the random ranges (1)", .count = &options.seed}});
  if (options.bytes() % (2 * options.entry()) != 0)
    lib::usage_error("--size must be a multiple of %zu KiB (two entries)",
                     2 * options.entry() >> 10);
  if (options.vcpus == 0 || options.vcpus > kvm::kMostVcpus || options.togglers == 0)
    lib::usage_error("--vcpus must be 1 to %u, --togglers at least 1", kvm::kMostVcpus);
  const kvm::Kvm kvm;
  const auto provider = kvm::provide(options.backing, options.bytes());
  test.plan(5);
  kvm.prove_api(test);
  kvm::Machine machine(kvm, *provider, {options.bytes(), options.entry(), options.vcpus});
  kvm::prove_mmu_mode(test, machine.vcpu(), machine.tables());
  kvm::prove_backing(test, options.backing, *provider, machine.region());
  kvm::prove_spte_size(test, machine, options.entry());
  zero(machine);
  const bool splits = provider->part_of_entry() == mm::PartOfEntry::split;
  kvm::Storm storm(machine,
                   {options.togglers, splits ? mm::kPageSize : options.entry(), options.seed});
  storm.run(options.seconds);
  report(test, machine, storm);
  judge(test, machine, storm);
  return test.finish();
}
