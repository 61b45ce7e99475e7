#include <vector>

#include <doctest/doctest.h>

#include "verdict/scene.hpp"

using namespace kproof::verdict;

namespace {

// An L1 that runs no case and an L2 that does, both without fault.
struct Nest {
  Scene outer, inner;
  Nest() {
    outer.observation.runs_case = false;
    outer.observation.evidence = {"mmu_mode"};
    outer.outcome.exit.reset();
    outer.report = {.evidence = {{"mmu_mode", true, "shadow"}}};
    inner.observation.level = 2;
    inner.observation.canaries = {{2, Source::console, true, true}, {2, Source::kmsg, true, true}};
  }
  std::vector<Observation> levels() const { return {outer.observation, inner.observation}; }
  Judgement judge(const Expectation& expectation = {}) const {
    return kproof::verdict::judge(expectation, levels());
  }
};

}  // namespace

TEST_CASE("a cell of two levels passes when each is without fault") {
  const Judgement judgement = Nest().judge();
  CHECK(judgement.verdict == Verdict::pass);
  CHECK(judgement.reason == "2 of 2 subtests ok, 0 skipped; 2 evidence proven");
}

TEST_CASE("a canary that was not seen at L2 lets no cell pass, whatever its case says") {
  for (const Source source : {Source::console, Source::kmsg}) {
    Nest nest;
    for (Canary& canary : nest.inner.observation.canaries)
      if (canary.source == source) canary.begin = canary.end = false;
    CHECK(nest.judge().verdict == Verdict::broken);
    CHECK(nest.judge().reason.starts_with("L2: the begin canary was not seen on L2's "));
    nest.inner.observation.canaries.clear();
    CHECK(nest.judge().verdict == Verdict::broken);
  }
}

TEST_CASE("a hang of L2 is told from a hang of L1") {
  Nest nest;
  nest.inner.outcome.end = Silent{Phase::test, std::chrono::seconds(90)};
  CHECK(nest.judge().verdict == Verdict::hang);
  CHECK(nest.judge().reason == "L2: the guest was silent for 1m30s in phase test");
  nest.outer.outcome.end = Silent{Phase::test, std::chrono::seconds(60)};
  nest.inner.outcome = {.end = OuterGone{}};
  CHECK(nest.judge().reason == "L1: the guest was silent for 1m00s in phase test");
}

TEST_CASE("a finding and a grown taint count at any level, and unproven evidence too") {
  Nest found, tainted, unproven;
  found.outer.find("WARNING in kvm_mmu_notifier_invalidate_range_start");
  CHECK(found.judge().verdict == Verdict::fail);
  tainted.inner.outcome.taint->after = 512;
  CHECK(tainted.judge().reason.starts_with("L2: the kernel's taint grew"));
  unproven.outer.report.evidence[0].proven = false;
  CHECK(unproven.judge().verdict == Verdict::miss);
}

TEST_CASE("a panic of L1 explains a guest inside that ended with it") {
  Nest nest;
  nest.outer.outcome.end = Panicked{Phase::test};
  nest.inner.outcome = {.end = OuterGone{}};
  nest.inner.observation.canaries.clear();
  CHECK(nest.judge().verdict == Verdict::crash);
  CHECK(nest.judge().reason == "L1: the kernel panicked in phase test");
}

TEST_CASE("a KVM that is missing in L1 is miss with the fact, though L2 never ran") {
  Nest nest;
  nest.outer.outcome.prepare_errors = {"no /dev/kvm: the CPU shows neither svm nor vmx"};
  nest.inner.outcome = {.end = OuterGone{}};
  nest.inner.observation.canaries.clear();
  CHECK(nest.judge().verdict == Verdict::miss);
  CHECK(nest.judge().reason == "L1: no /dev/kvm: the CPU shows neither svm nor vmx");
}

TEST_CASE("a guest inside that never ran, and nothing tells why, is broken") {
  Nest nest;
  nest.inner.outcome = {.end = OuterGone{}};
  CHECK(nest.judge().verdict == Verdict::broken);
}

TEST_CASE("what KVM of L1 could not run is a failure of the kernel") {
  Nest nest;
  nest.inner.outcome.end = KvmFailed{Phase::test, "error: kvm run failed Bad address"};
  CHECK(nest.judge().verdict == Verdict::fail);
  CHECK(nest.judge().blame == Blame::kernel);
}

TEST_CASE("what this host's KVM could not run is the host's fault") {
  Nest nest;
  nest.outer.outcome.end = KvmFailed{Phase::test, "KVM internal error. Suberror: 1"};
  CHECK(nest.judge().verdict == Verdict::broken);
  CHECK(nest.judge().blame == Blame::host);
  CHECK(nest.judge().reason ==
        "L1: KVM of this host could not run it in phase test: KVM internal error. Suberror: 1");
}

TEST_CASE("what this host's KVM could not run hides no finding, and is still named") {
  Nest nest;
  nest.outer.outcome.end = KvmFailed{Phase::test, "KVM internal error. Suberror: 1"};
  nest.outer.find("bad pud");
  CHECK(nest.judge().verdict == Verdict::fail);
  CHECK(
      nest.judge().reason ==
      "L1: finding: bad pud; KVM of this host could not run it in phase test: KVM internal error. "
      "Suberror: 1");
}
