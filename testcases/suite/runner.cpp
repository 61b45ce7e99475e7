// Runs one program of somebody else's suite as a case of kproof: what it prints becomes KTAP, and
// what it cannot show by itself is evidence.
//
//   suite-runner [--kvm] [--invalidates] [--unit-test] [--require FILE=VALUE]... -- PROGRAM
//   [ARG]...
//
// --require: a file that must hold that, or the case is skipped.
// With --kvm: `mmu_mode`, shown by a VM of our own, and `guest_entered`, as a program that never
// ran a guest says nothing of KVM. With --invalidates: `notifier_called`, KVM's mmu notifier was
// called for what the program did to its memory. Both are counts of tracepoints of that program
// alone.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>

#include "kvm/mmu_mode.hpp"
#include "lib/sysfs.hpp"
#include "suite/child.hpp"
#include "suite/counters.hpp"

using namespace kproof;

namespace {

struct Options {
  bool kvm = false, invalidates = false;
  suite::Convention convention = suite::Convention::kselftest;
  std::vector<std::string> required, argv;
};

// A count that is evidence, and a metric.
struct Counted {
  const char *evidence, *event, *metric;
  std::unique_ptr<suite::ProgramCounter> counter{};
};

}  // namespace

static Options parse(int argc, char** argv) {
  Options options;
  int at = 1;
  for (; at < argc && std::strcmp(argv[at], "--") != 0; ++at)
    if (std::strcmp(argv[at], "--kvm") == 0)
      options.kvm = true;
    else if (std::strcmp(argv[at], "--invalidates") == 0)
      options.invalidates = true;
    else if (std::strcmp(argv[at], "--unit-test") == 0)
      options.convention = suite::Convention::kvm_unit_tests;
    else if (std::strcmp(argv[at], "--require") == 0 && at + 1 < argc)
      options.required.emplace_back(argv[++at]);
    else
      lib::usage_error("unknown option %s", argv[at]);
  options.argv.assign(argv + std::min(at + 1, argc), argv + argc);
  if (options.argv.empty())
    lib::usage_error("usage: suite-runner [--kvm] [--invalidates] [--unit-test] -- PROGRAM ...");
  if (char* whole = ::realpath(options.argv.front().c_str(), nullptr)) {
    options.argv.front() = whole;
    std::free(whole);
  }
  return options;
}

static void require(const std::vector<std::string>& all) {
  for (const std::string& one : all) {
    const auto equals = one.rfind('=');
    const std::string file = one.substr(0, equals), wanted = one.substr(equals + 1);
    const std::string held = lib::sysfs::read(file);
    if (held != wanted)
      lib::ktap::skip_all("%s is `%s`, and the test wants `%s`", file.c_str(), held.c_str(),
                          wanted.c_str());
  }
}

// Of a VM that is gone before the program starts.
static void prove_mode(lib::Case& test) {
  const kvm::Kvm kvm;
  kvm.prove_api(test);
  kvm::Vm vm(kvm);
  kvm::PageTables tables(vm);
  kvm::Vcpu vcpu(vm, tables);
  kvm::prove_mmu_mode(test, vcpu, tables);
}

static std::vector<Counted> counted(const Options& options, pid_t process) {
  std::vector<Counted> list;
  if (options.kvm) list.push_back({"guest_entered", "kvm/kvm_entry", "guest_entries"});
  if (options.invalidates)
    list.push_back({"notifier_called", "kvm/kvm_unmap_hva_range", "invalidations"});
  for (Counted& one : list)
    one.counter = std::make_unique<suite::ProgramCounter>(one.event, process);
  return list;
}

static void tell(lib::Case& test, const std::vector<Counted>& list) {
  for (const Counted& one : list) {
    const auto count = static_cast<unsigned long>(one.counter->count());
    const std::string& problem = one.counter->problem();
    if (problem.empty())
      test.evidence(one.evidence, count > 0, "%lu hits of %s by the program", count, one.event);
    else
      test.evidence(one.evidence, false, "%s", problem.c_str());
    if (problem.empty()) test.metric(one.metric, static_cast<double>(count), "calls");
  }
}

static void print(const std::string& lines) {
  std::fputs(lines.c_str(), stdout);
  std::fflush(stdout);
}

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  lib::Description description{
      .name = "suite/runner",
      .summary = "runs a program of another suite",
      .needs = {},
      .evidence = {"kvm_api", "mmu_mode", "guest_entered", "notifier_called"}};
  lib::Case test(1, argv, description);
  require(options.required);
  if (options.kvm) prove_mode(test);
  suite::Child child(options.argv);
  const auto counters = counted(options, child.pid());
  suite::Document document(options.convention);
  const suite::Ended ended =
      child.run([&](const std::string& line) { print(document.feed(line)); });
  const auto conclusion = document.conclude(ended);
  if (conclusion.exit_code != lib::ktap::kExitSkipped) tell(test, counters);
  print(conclusion.lines);
  return conclusion.exit_code;
}
