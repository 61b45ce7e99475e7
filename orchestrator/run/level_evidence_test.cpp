#include "run/level_evidence.hpp"

#include <algorithm>

#include <doctest/doctest.h>

using namespace kproof;
using namespace kproof::run;

namespace {

const std::string kNpt = "/sys/module/kvm_amd/parameters/npt";
const std::string kEpt = "/sys/module/kvm_intel/parameters/ept";
const std::string kTdpMmu = "/sys/module/kvm/parameters/tdp_mmu";
const std::string kCounter = "/sys/kernel/debug/kvm/";

agent::Facts counted(const char* fixed, const char* guest, const char* miss) {
  return {{kCounter + "pf_fixed", fixed},
          {kCounter + "pf_guest", guest},
          {kCounter + "mmu_cache_miss", miss}};
}

// The evidence `name` of an L1 declared so, with a guest inside.
model::Evidence of(const model::Level& declared, const agent::Facts& facts, const char* name,
                   bool nests = false) {
  const model::Level inner_level;
  const LevelFacts level{declared, facts, ""}, inner{inner_level, {}, ""};
  const auto all = level_evidence(level, nullptr, &inner, nests);
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& e) { return e.name == name; });
  REQUIRE(found != all.end());
  return *found;
}

}  // namespace

TEST_CASE("a parameter is proven when sysfs says what was declared, however it spells it") {
  const model::Level shadow{.mmu = model::Mmu::shadow};
  CHECK(of(shadow, {{kNpt, "N"}}, "module_parameters").proven);
  CHECK(of(shadow, {{kEpt, "0"}}, "module_parameters").proven);
  const auto wrong = of(shadow, {{kNpt, "Y"}}, "module_parameters");
  CHECK(!wrong.proven);
  CHECK(wrong.fact == "kvm_amd.npt is Y instead of 0");
}

TEST_CASE("a parameter that is not there is not proven, but for the other vendor's") {
  CHECK(!of({.mmu = model::Mmu::shadow}, {}, "module_parameters").proven);
  const auto old = of({.mmu = model::Mmu::tdp_legacy}, {{kNpt, "Y"}}, "module_parameters");
  CHECK(!old.proven);
  CHECK(old.fact == "kvm_amd.npt is Y, kvm.tdp_mmu is not there");
  CHECK(of({.mmu = model::Mmu::tdp_legacy}, {{kEpt, "Y"}, {kTdpMmu, "N"}}, "module_parameters")
            .proven);
}

TEST_CASE("of a kernel with both vendors' modules built in, both must be as declared") {
  const model::Level shadow{.mmu = model::Mmu::shadow};
  CHECK(of(shadow, {{kNpt, "N"}, {kEpt, "N"}}, "module_parameters").proven);
  CHECK(!of(shadow, {{kNpt, "Y"}, {kEpt, "Y"}}, "module_parameters").proven);
  CHECK(!of(shadow, {{kNpt, "N"}, {kEpt, "Y"}}, "module_parameters").proven);
  CHECK(!of(shadow, {{kNpt, "Y"}, {kEpt, "N"}}, "module_parameters").proven);
}

TEST_CASE("the MMU mode is proven by how KVM's counters moved, not by parameters") {
  const auto proven = [](model::Mmu mmu, const agent::Facts& facts, bool nests = false) {
    return of({.mmu = mmu}, facts, "mmu_mode_of_guest", nests).proven;
  };
  const auto shadow = counted("21896", "128", "231"), tdp = counted("16867", "0", "0"),
             legacy = counted("16867", "0", "77");
  CHECK(proven(model::Mmu::shadow, shadow));
  CHECK(proven(model::Mmu::tdp, tdp));
  CHECK(proven(model::Mmu::tdp_legacy, legacy));
  CHECK(!proven(model::Mmu::shadow, tdp));
  CHECK(!proven(model::Mmu::tdp, shadow));
  CHECK(!proven(model::Mmu::tdp, legacy));
  CHECK(!proven(model::Mmu::tdp_legacy, tdp));
  CHECK(!proven(model::Mmu::tdp, {}));
}

TEST_CASE("an L1 with the TDP MMU shadows the page tables that its guest makes for a guest") {
  const model::Level tdp{.mmu = model::Mmu::tdp};
  CHECK(of(tdp, counted("9", "0", "231"), "mmu_mode_of_guest", true).proven);
  CHECK(!of(tdp, counted("9", "0", "0"), "mmu_mode_of_guest", true).proven);
}

TEST_CASE("the preemption model is the one in brackets") {
  const model::Level full{.preempt = "full"};
  const std::string file = "/sys/kernel/debug/sched/preempt";
  CHECK(of(full, {{file, "none voluntary (full)"}}, "preempt_model").proven);
  CHECK(!of(full, {{file, "none (voluntary) full"}}, "preempt_model").proven);
  CHECK(!of(full, {}, "preempt_model").proven);
}

TEST_CASE("the kernel knows each word that the plan gives it") {
  const model::Level level{.cmdline = {"nokaslr", "lockdeep=1", "quiet"}};
  const std::string file(agent::kUnknownWordsFact);
  CHECK(of(level, {{file, "nokaslr"}}, "kernel_parameters").proven);
  const auto wrong = of(level, {{file, "nokaslr quieter lockdeep=1"}}, "kernel_parameters");
  CHECK(!wrong.proven);
  CHECK(wrong.fact == "the kernel does not know lockdeep=1, which `cmdline` has");
  CHECK(!of(level, {}, "kernel_parameters").proven);
  CHECK(owed_evidence({}, false, false).empty());
}

TEST_CASE("a guest inside proves that KVM runs it and what its RAM is made of") {
  const model::Level outer_level, inner_level{.backing = model::Backing::hugetlb_2m};
  const std::string fact(agent::kInnerRamFact);
  const auto evidence = [&](const char* hypervisor, const agent::Facts& facts) {
    const LevelFacts outer{outer_level, facts, ""}, inner{inner_level, {}, hypervisor};
    return level_evidence(inner, &outer, nullptr, false);
  };
  const auto good = evidence("KVMKVMKVM", {{fact, "2097152 KernelPageSize 2048 kB"}});
  REQUIRE(good.size() == 2);
  CHECK(good[0].proven);
  CHECK(good[1].proven);
  CHECK(good[1].fact == "declared hugetlb-2m, pages of 2M: KernelPageSize 2048 kB");
  const auto bad = evidence("TCGTCGTCGTCG", {{fact, "4096 KernelPageSize 4 kB"}});
  CHECK(!bad[0].proven);
  CHECK(!bad[1].proven);
  CHECK(!evidence("KVMKVMKVM", {})[1].proven);
}
