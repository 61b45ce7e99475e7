#include "host/accel.hpp"

#include <doctest/doctest.h>

#include "host/cpuinfo.hpp"
#include "util/error.hpp"

using namespace kproof;
using namespace kproof::host;
using model::Accel;

static const KvmFacts kGood{
    .node_opens = true, .cpu_flag = true, .vendor_module = true, .creates_vm = true};

TEST_CASE("KVM is chosen only when every fact speaks for it") {
  CHECK(choose_accel(kGood).accel == Accel::kvm);
  for (bool KvmFacts::*fact : {&KvmFacts::node_opens, &KvmFacts::cpu_flag, &KvmFacts::vendor_module,
                               &KvmFacts::creates_vm}) {
    KvmFacts facts = kGood;
    facts.*fact = false;
    const auto choice = choose_accel(facts);
    CHECK(choice.accel == Accel::tcg);
    CHECK(!choice.reason.empty());
    CHECK(!choice.next_step.empty());
  }
}

TEST_CASE("a paravirtual KVM, whose node opens on a CPU without vmx or svm, is refused by name") {
  KvmFacts facts = kGood;
  facts.cpu_flag = facts.vendor_module = false;
  CHECK(choose_accel(facts).reason.starts_with(
      "/dev/kvm opens, but the CPU shows neither vmx nor svm"));
}

TEST_CASE(
    "asking for KVM where it does not work is the host's fault, asking for TCG always works") {
  CHECK_THROWS_WITH_AS(resolve_accel(Accel::kvm, KvmFacts{}), doctest::Contains("vmx"), HostError);
  CHECK(resolve_accel(Accel::tcg, kGood).accel == Accel::tcg);
  CHECK(resolve_accel(Accel::kvm, kGood).accel == Accel::kvm);
  CHECK(resolve_accel(std::nullopt, kGood).accel == Accel::kvm);
}

TEST_CASE("a field of meminfo is found by its whole name") {
  const char* text = "MemTotal:       100 kB\nMemAvailable:    42 kB\n";
  CHECK(meminfo_field(text, "MemAvailable") == "42 kB");
  CHECK(meminfo_field(text, "Mem") == "");
  CHECK(memory_available() > 0);
}
