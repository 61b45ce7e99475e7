#include "ftrace/near.hpp"

#include <doctest/doctest.h>

using kproof::ftrace::near_events;

static const std::vector<std::string> kKnown{"kvm/kvm_entry", "kvm/kvm_exit", "kvm/kvm_page_fault",
                                             "kvmmmu/kvm_tdp_mmu_spte_changed",
                                             "sched/sched_switch"};

TEST_CASE("of a system that is there its events are named, the nearest first") {
  CHECK(near_events("kvm:kvm_exits", kKnown).starts_with("kvm has kvm_exit, "));
  CHECK(near_events("kvm:*fault*", kKnown).starts_with("kvm has kvm_page_fault, "));
}

TEST_CASE("of a system that is not there systems are named, the nearest first") {
  CHECK(near_events("kvmmu:*", kKnown).starts_with("there is no system kvmmu; near: kvmmmu, "));
  CHECK(near_events("sced", kKnown).starts_with("there is no system sced; near: sched, "));
  CHECK(near_events("", {}) == "there is no system ; near: ");
}
