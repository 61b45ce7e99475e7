#include "host/accel.hpp"

#include <cerrno>
#include <cstring>

#include <doctest/doctest.h>
#include <fmt/format.h>

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

TEST_CASE("what to do about /dev/kvm follows from the error and not from a guess") {
  const auto told = [](int open_error) {
    KvmFacts facts = kGood;
    facts.node_opens = facts.creates_vm = false;
    facts.open_error = open_error;
    const AccelChoice choice = choose_accel(facts);
    CHECK(choice.reason == fmt::format("/dev/kvm does not open: {}", std::strerror(open_error)));
    return choice.next_step;
  };
  CHECK(told(ENOENT).find("--device /dev/kvm") != std::string::npos);
  CHECK(told(ENOENT).find("group") == std::string::npos);
  CHECK(told(EACCES).find("group kvm") != std::string::npos);
  CHECK(told(EPERM).find("--device /dev/kvm") != std::string::npos);
  CHECK(told(ENODEV).find("firmware") != std::string::npos);
  CHECK(told(EMFILE).find("ulimit -n") != std::string::npos);
  CHECK(told(EIO).find("dmesg") != std::string::npos);
}

TEST_CASE("a virtual machine that cannot be made says why, and what has its place") {
  KvmFacts facts = kGood;
  facts.creates_vm = false;
  facts.create_error = EBUSY;
  CHECK(choose_accel(facts).reason ==
        "/dev/kvm opens, but KVM_CREATE_VM fails: Device or resource busy");
  CHECK(choose_accel(facts).next_step.find("another hypervisor") != std::string::npos);
  facts.create_error = ENOMEM;
  CHECK(choose_accel(facts).next_step.find("cgroup") != std::string::npos);
  facts.create_error = 0;
  CHECK(choose_accel(facts).reason.find("another version") != std::string::npos);
}

TEST_CASE("a KVM without nesting is told with the module and the way to change it") {
  KvmFacts facts = kGood;
  for (const char* good : {"", "kvm_amd.nested=1", "kvm_intel.nested=Y"}) {
    facts.nested = good;
    CHECK(lack_of_nested(facts).fact.empty());
  }
  facts.nested = "kvm_intel.nested=N";
  CHECK(lack_of_nested(facts).fact == "kvm_intel.nested=N on this host: its guests have no KVM");
  facts.nested = "kvm_amd.nested=0";
  CHECK(lack_of_nested(facts).next_step.find("modprobe kvm_amd nested=1") != std::string::npos);
}
