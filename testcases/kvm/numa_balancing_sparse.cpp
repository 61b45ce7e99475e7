// Memory that is not populated costs no mmu_notifier calls when its protection changes.
//
// The rule is that of commit a5338093bfb4 ("mm: move mmu notifier call from change_protection to
// change_pmd_range", 3.14): NUMA balancing of a VM with much more address space than memory spent
// its time in notifiers. The notifier is called only where a PMD, or since 6.11 a PUD, is
// populated, and at most once for what one PUD maps. Less than once would be a fault too: the guest
// would keep its access.
#include <sys/mman.h>

#include "kvm/backing.hpp"
#include "kvm/mmu_mode.hpp"
#include "kvm/numa_balancing.hpp"
#include "kvm/runner.hpp"
#include "kvm/sparse_memory.hpp"
#include "lib/clock.hpp"

using namespace kproof;
using kvm::Gva;
using kvm::SparsePart;

namespace {

constexpr int kReadWrite = PROT_READ | PROT_WRITE;
constexpr unsigned kRounds = 8;  // of PROT_NONE and back

struct Context {
  lib::Case& test;
  kvm::SparseMemory& memory;
  double seconds;
  unsigned vcpus;
  unsigned vms = kvm::notified_vms();
};

struct Toggled {
  unsigned calls = 0;
  std::uint64_t invalidations = 0;
  std::vector<double> times{};  // us

  double per_call() const { return static_cast<double>(invalidations) / calls; }
};

// The first `length` bytes of the part, again and again. The guest looks between the calls.
Toggled toggle(Context& context, const SparsePart& part, std::size_t length, lib::Check& check) {
  Toggled toggled;
  const std::size_t words = part.region->words() / (part.region->length() / length);
  const kvm::NotifierCounters counters(part.range(), context.vms);
  for (unsigned round = 0; round < kRounds; ++round)
    for (const int prot : {PROT_NONE, kReadWrite}) {
      const std::uint64_t before = counters.invalidations();
      toggled.times.push_back(lib::timed_us([&] { part.region->protect(check, prot, 0, words); }));
      toggled.invalidations += counters.invalidations() - before;
      ++toggled.calls;
      if (prot == PROT_NONE)
        context.memory.expect_refused(part, check);
      else
        check.that(context.memory.wrong_pages(part) == 0, "%s: the guest lost data", part.name);
    }
  return toggled;
}

void report(Context& context, const std::string& name, const Toggled& toggled) {
  context.test.metric(("invalidations_" + name).c_str(), toggled.per_call(), "calls/mprotect");
  context.test.metric(("time_" + name).c_str(), lib::percentile(toggled.times, 50), "us");
}

void none(Context& context, lib::Check& check) {
  const SparsePart& part = context.memory.none();
  for (const std::size_t size : {part.region->length() / 4, part.region->length()}) {
    const Toggled toggled = toggle(context, part, size, check);
    check.that(toggled.invalidations == 0, "%lu invalidations in %u mprotects of %zu empty GiB",
               toggled.invalidations, toggled.calls, size >> 30);
    report(context, size == part.region->length() ? "none" : "none_quarter", toggled);
  }
}

// Each mprotect may call once for each PUD with something below it, and must call once.
void bounded(Context& context, const SparsePart& part, const char* name, lib::Check& check) {
  const Toggled toggled = toggle(context, part, part.region->length(), check);
  report(context, name, toggled);
  check.that(toggled.invalidations <= part.puds * toggled.calls,
             "%lu invalidations in %u mprotects of memory with %zu PUDs that are not empty",
             toggled.invalidations, toggled.calls, part.puds);
  check.that(toggled.invalidations >= toggled.calls,
             "%lu invalidations in %u mprotects of memory that the guest has mapped",
             toggled.invalidations, toggled.calls);
}

void prove(Context& context, const kvm::Kvm& kvm) {
  kvm::Machine& machine = context.memory.machine();
  kvm.prove_api(context.test);
  kvm::prove_mmu_mode(context.test, machine.vcpu(), machine.tables());
  const SparsePart& part = context.memory.populated();
  const kvm::NotifierCounters counters(part.range(), context.vms);
  lib::Check check;
  for (unsigned i = 0; i < kRounds; ++i)
    for (const int prot : {PROT_NONE, kReadWrite})
      part.region->protect(check, prot);
  context.test.evidence(
      "invalidations_counted", check.ok() && counters.invalidations() > 0,
      "kvm:kvm_unmap_hva_range: %lu a VM in %u mprotects of 2 MiB, populated; %u VMs%s",
      counters.invalidations(), 2 * kRounds, context.vms,
      (counters.problem().empty() ? "" : "; " + counters.problem()).c_str());
}

// The vCPUs write to populated pages, to words of their own, and so keep the CPUs busy, as a pass
// goes on in CPU time: until `wanted` passes are over. False if time is up before.
bool run_passes(Context& context, unsigned wanted, lib::Check& check) {
  const double end = lib::now_us() + context.seconds * 1e6;
  const unsigned first = kvm::NumaBalancing::passes();
  kvm::Machine& machine = context.memory.machine();
  const Gva words = context.memory.populated().gva + sizeof(std::uint64_t);
  std::vector<std::unique_ptr<kvm::Runner>> runners;
  for (unsigned i = 0; i < context.vcpus; ++i)
    runners.push_back(std::make_unique<kvm::Runner>(
        machine.vcpu(i), words + i * sizeof(std::uint64_t), 16, kvm::kPage4K));
  while (check.ok() && kvm::NumaBalancing::passes() < first + wanted && lib::now_us() < end)
    for (const auto& runner : runners)
      check.that(runner->wait_tries_since(runner->tries(), 1000), "the guest stands");
  for (unsigned i = 0; i < context.vcpus; ++i) {
    const kvm::Exit exit = runners[i]->finish();
    check.that(exit.done(), "vCPU %u ended by %s", i, exit.text().c_str());
    check.that(machine.vcpu(i).mailbox().wrong == 0, "vCPU %u lost %lu writes", i,
               machine.vcpu(i).mailbox().wrong);
  }
  return kvm::NumaBalancing::passes() >= first + wanted;
}

// A pass calls change_protection() for one piece of scan_size_mb after another, so what one PUD
// maps is met by that many pieces and one more. Each page that is moved to another node is
// unmapped.
void expect_few(const SparsePart& part, std::uint64_t count, unsigned passes,
                unsigned long long moved, lib::Check& check) {
  const std::size_t pieces = kvm::kPage1G / kvm::NumaBalancing::piece() + 1;
  const auto limit = part.puds > 0 ? part.puds * pieces * passes + moved : 0;
  check.that(count <= limit,
             "%s: %lu invalidations; at most %llu for %zu PUDs in %zu pieces each, %u passes and "
             "%llu pages moved",
             part.name, count, limit, part.puds, pieces, passes, moved);
}

void balanced(Context& context, lib::Check& check) {
  if (const std::string missing = kvm::NumaBalancing::missing(); !missing.empty())
    return check.skip("NUMA balancing: " + missing);
  constexpr unsigned kPasses = 2;
  const kvm::NumaBalancing balancing;
  std::vector<std::unique_ptr<kvm::NotifierCounters>> counters;
  for (const SparsePart& part : context.memory.parts())
    counters.push_back(std::make_unique<kvm::NotifierCounters>(part.range(), context.vms));
  const unsigned before = kvm::NumaBalancing::passes();
  const auto moved_before = kvm::pages_migrated();
  const bool passed = run_passes(context, kPasses, check);
  const unsigned passes = kvm::NumaBalancing::passes() - before + 1;  // and one that goes on
  const auto moved = kvm::pages_migrated() - moved_before;
  for (std::size_t i = 0; i < counters.size(); ++i) {
    const SparsePart& part = context.memory.parts()[i];
    const auto count = counters[i]->invalidations();
    context.test.metric((std::string("invalidations_balancing_") + part.name).c_str(),
                        static_cast<double>(count) / passes, "calls/pass");
    expect_few(part, count, passes, moved, check);
    check.that(context.memory.wrong_pages(part) == 0, "%s: the guest lost data", part.name);
  }
  lib::ktap::diagnostic("%u passes began, %llu pages moved", passes, moved);
  if (!passed)
    check.skip("fewer than " + std::to_string(kPasses) + " passes; give it more --seconds");
  else
    check.that(counters.back()->invalidations() > 0, "no pass touched what is populated");
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t size = 8ull << 30;
  double seconds = 8;
  unsigned vcpus = 1;
  std::string_view backing = "anon";
  const lib::Description description{
      .name = "kvm/numa_balancing_sparse",
      .summary = "protection changes of memory that is not there call no mmu_notifier",
      .needs = {.kconfig = {"CONFIG_KVM", "CONFIG_EVENT_TRACING", "CONFIG_NUMA_BALANCING",
                            "CONFIG_NUMA_EMU"},
                .cmdline = {"numa=fake=2"},
                .memory = 1024ull << 20,
                .vcpus = 2,
                .kvm = true},
      .evidence = {"kvm_api", "mmu_mode", "invalidations_counted"},
      .timeout_ms = 30000,
      .needs_of_options =
          [&](lib::Needs& needs) { kvm::add_backing_needs(needs, backing, size / 512); },
  };
  // The others have no memory that is not there: a pool or a device holds all of it.
  lib::Case test(
      argc, argv, description,
      {{.name = "--backing",
        .help = "what it is of",
        .choice = &backing,
        .choices = {"anon", "thp"}},
       {.name = "--size", .help = "bytes of each sparse mapping (8G)", .size = &size},
       {.name = "--seconds", .help = "most that balancing may take (8)", .number = &seconds},
       {.name = "--vcpus", .help = "that run under balancing (1)", .count = &vcpus}});
  if (size == 0 || size % (4 * kvm::kPage1G) != 0)
    lib::usage_error("--size must be a multiple of 4 GiB");
  if (vcpus == 0 || vcpus > kvm::kMostVcpus) lib::usage_error("--vcpus must be 1 to 64");
  const kvm::Kvm kvm;
  const auto provider = kvm::provide(backing, size);
  kvm::SparseMemory memory(kvm, *provider, size, vcpus);
  Context context{test, memory, seconds, vcpus};
  test.plan(5);
  prove(context, kvm);
  test.run("PUDs that are none: no call, whatever the size",
           [&](lib::Check& check) { none(context, check); });
  test.run("a page in every other PUD: at most one call for each of these",
           [&](lib::Check& check) { bounded(context, memory.puds(), "sparse", check); });
  test.run("a page in each PMD: at most one call for each PUD",
           [&](lib::Check& check) { bounded(context, memory.pmds(), "sparse_pmds", check); });
  test.run("populated memory: at most one call for each PUD",
           [&](lib::Check& check) { bounded(context, memory.populated(), "populated", check); });
  test.run("NUMA balancing calls only where something is populated",
           [&](lib::Check& check) { balanced(context, check); });
  return test.finish();
}
