#include "run/deadlines.hpp"

#include <doctest/doctest.h>

using namespace kproof;
using namespace kproof::run;
using namespace std::chrono_literals;
using model::Accel;

TEST_CASE("limits are for KVM on a machine of metal, and more where it is slower") {
  CHECK(scale_of({Accel::kvm, ""}, 1) == 1);
  CHECK(scale_of({Accel::kvm, ""}, 2) == 2);
  CHECK(scale_of({Accel::tcg, ""}, 1) == 6);
  CHECK(scale_of({Accel::tcg, "KVMKVMKVM"}, 1) == 6);
}

TEST_CASE("a KVM host that is itself a guest is a level of its own") {
  CHECK(scale_of({Accel::kvm, "KVMKVMKVM"}, 1) == scale_of({Accel::kvm, ""}, 2));
  CHECK(scale_of({Accel::kvm, "VMwareVMware"}, 2) == 4);
  CHECK(scale_of({Accel::kvm, "TCGTCGTCGTCG"}, 1) == 24);
  CHECK(deadlines({}, 10s, {Accel::kvm, "TCGTCGTCGTCG"}).boot == 480s);
}

TEST_CASE(
    "the whole time of a guest is longer than all of its phases, and of a level around more") {
  const Deadlines inner = deadlines({}, 10s, {}, 2),
                  outer = around(deadlines({}, 10s, {}, 1), inner);
  CHECK(whole(inner) > 3 * inner.boot + inner.test + inner.poweroff + 2 * inner.examine);
  CHECK(whole(outer) > inner.boot + inner.test + inner.poweroff);
}

TEST_CASE("KVM on a host that TCG runs has emulated CPUs, too") {
  CHECK(emulated({Accel::tcg, ""}));
  CHECK(emulated({Accel::kvm, "TCGTCGTCGTCG"}));
  CHECK_FALSE(emulated({Accel::kvm, "KVMKVMKVM"}));
  CHECK_FALSE(emulated({Accel::kvm, ""}));
}

TEST_CASE("a hang on a KVM host that is itself a guest names the limits, and no other does") {
  CHECK(hint_at_limits({Accel::kvm, "KVMKVMKVM"}).find("(of KVMKVMKVM)") != std::string::npos);
  CHECK(hint_at_limits({Accel::kvm, ""}) == "");
  CHECK(hint_at_limits({Accel::tcg, "KVMKVMKVM"}) == "");  // written for TCG already
}
