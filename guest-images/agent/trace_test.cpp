#include "trace.hpp"

#include <doctest/doctest.h>

using namespace kproof::guest;

TEST_CASE("events are chosen by globs of system and name, or by the system alone") {
  CHECK(names_event("kvm:*", "kvm/kvm_exit"));
  CHECK(names_event("kvm", "kvm/kvm_exit"));
  CHECK(names_event("kvm*:*zap*", "kvmmmu/kvm_mmu_zap_all_fast"));
  CHECK(names_event("sched:sched_switch", "sched/sched_switch"));
  CHECK_FALSE(names_event("kvm:*", "kvmmmu/kvm_mmu_zap_all_fast"));
  CHECK_FALSE(names_event("kvm", "kvmmmu/kvm_mmu_zap_all_fast"));
  CHECK_FALSE(names_event("*", "x/y/z"));
}

TEST_CASE("a kprobe has its function's name, as far as names of events may be") {
  CHECK(kprobe_of("zap_huge_pud").starts_with("p:kproof/zap_huge_pud zap_huge_pud arg1=%di:x64 "));
  CHECK(kprobe_of("foo.isra.0").starts_with("p:kproof/foo_isra_0 foo.isra.0 "));
}

TEST_CASE("of all symbols only functions go to the host") {
  CHECK(is_function("ffffffff81000000 T _stext\n"));
  CHECK(is_function("ffffffffc0100000 t handle_exit\t[kvm_amd]\n"));
  CHECK_FALSE(is_function("ffffffff82000000 D init_task\n"));
  CHECK_FALSE(is_function("ffffffff82000000"));
  CHECK_FALSE(is_function(""));
}
