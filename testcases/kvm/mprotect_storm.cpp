// vCPUs write to a region while host threads toggle its protection; both sides check every word.
#include "kvm/backing.hpp"
#include "kvm/storm.hpp"
#include "kvm/suite.hpp"
#include "kvm/tracepoint.hpp"

using namespace kproof;

namespace {

struct Options : kvm::RegionOptions {
  unsigned togglers = 2, seed = 1;
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
  const kvm::StormCounts& counts = storm.counts();
  test.evidence("effective_windows", counts.effective >= kvm::Storm::kFewestEffective,
                "in %lu of %lu windows a vCPU was refused in the range that was read-only",
                counts.effective.load(), counts.windows.load());
  test.evidence(
      "vcpus_met_toggles", fewest_refused > 0 && fewest_rounds > 0,
      "each of %u vCPUs was refused at least %lu times and ended at least %lu rounds over "
      "%zu words",
      machine.shape().vcpus, fewest_refused, fewest_rounds, machine.words());
  test.metric("toggles", static_cast<double>(storm.counts().toggles), "calls");
  test.metric("toggles_of_whole", static_cast<double>(storm.counts().whole), "times");
  test.metric("windows", static_cast<double>(storm.counts().windows), "windows");
  test.metric("windows_effective", static_cast<double>(storm.counts().effective), "windows");
  test.metric("guest_writes", static_cast<double>(writes), "writes");
  test.metric("refused", static_cast<double>(refused), "exits");
}

// By which KVM makes its vCPUs flush, and mprotect the CPUs of its process.
class Ipis {
 public:
  void report(lib::Case& test, std::uint64_t toggles) const {
    if (const std::string problem = many_.problem() + one_.problem(); !problem.empty())
      return lib::ktap::diagnostic("IPIs are not counted: %s", problem.c_str());
    test.metric("ipis",
                static_cast<double>(many_.count() + one_.count()) / static_cast<double>(toggles),
                "IPIs/toggle");
  }

 private:
  kvm::TracepointCounter many_{"irq_vectors/call_function_entry", ""};
  kvm::TracepointCounter one_{"irq_vectors/call_function_single_entry",
                              ""};  // where one CPU gets it
};

void judge(lib::Case& test, kvm::Machine& machine, kvm::Storm& storm) {
  test.run("every mprotect succeeds", [&](lib::Check& check) {
    check.that(storm.counts().errors == 0, "%lu failed", storm.counts().errors.load());
  });
  test.run("every vCPU ends by its own program", [&](lib::Check& check) {
    for (unsigned id = 0; id < machine.shape().vcpus; ++id)
      check.that(storm.end_of(id).done(), "vCPU %u: %s", id, storm.end_of(id).text().c_str());
  });
  test.run("no vCPU is refused where no right was taken then", [&](lib::Check& check) {
    for (unsigned id = 0; id < machine.shape().vcpus; ++id)
      storm.runner(id).expect_just(check, ("vCPU " + std::to_string(id)).c_str());
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
  Options options{{.least = 8 << 20, .seconds = 4, .vcpus = 2}};
  const lib::Description description{
      .name = "kvm/mprotect_storm",
      .summary =
          "vCPUs write while host threads toggle RW, RO and NONE over whole and partial ranges",
      .needs = {.kconfig = {"CONFIG_KVM"}, .memory = 512ull << 20, .vcpus = 2, .kvm = true},
      .evidence = {"kvm_api", "mmu_mode", "backing_size", "spte_size", "vcpus_met_toggles",
                   "effective_windows"},
      .needs_of_options = [&](lib::Needs& needs) { options.add_needs(needs); },
  };
  auto list = options.list();
  list.push_back(options.vcpus_option("vCPUs that write (2)"));
  list.push_back({.name = "--togglers",
                  .help = "host threads that call mprotect (2)",
                  .count = &options.togglers});
  list.push_back({.name = "--seed", .help = "of the random ranges (1)", .count = &options.seed});
  lib::Case test(argc, argv, description, list);
  options.check();
  if (options.togglers == 0) lib::usage_error("--togglers must be at least 1");
  const kvm::Kvm kvm;
  const auto provider = kvm::provide(options.backing, options.bytes());
  test.plan(6);
  kvm::Machine machine(kvm, *provider, {options.bytes(), options.entry(), options.vcpus});
  kvm::prove_region(test, kvm, *provider, machine, options);
  zero(machine);
  const bool splits = provider->part_of_entry() == mm::PartOfEntry::split;
  kvm::Storm storm(machine,
                   {options.togglers, splits ? mm::kPageSize : options.entry(), options.seed});
  const Ipis ipis;
  storm.run(options.seconds);
  report(test, machine, storm);
  ipis.report(test, storm.counts().toggles);
  judge(test, machine, storm);
  return test.finish();
}
