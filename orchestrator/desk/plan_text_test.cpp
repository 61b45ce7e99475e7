#include "desk/plan_text.hpp"

#include <doctest/doctest.h>

#include "config/plan.hpp"

using namespace kproof;

static const model::KernelSpec kMine{
    .name = "mine",
    .label = "linux: \"6.12\"",
    .source = model::BuildSource{.tree = model::WorkTree{"/src/my linux"},
                                 .patches = {"/p/a.mbox"},
                                 .fragments = {"base", "kvm"},
                                 .compiler = ""},
    .place = ""};

static model::Plan read(const std::string& text) {
  return config::parse_plan(text, "/out/plan.yaml", "/home/u", {});
}

TEST_CASE("a plan says what was chosen, and config reads it again") {
  const std::string text =
      desk::plan_text("linux", {kMine}, desk::choose({"mm/mprotect.c"}), "6.12.0", 3);
  CAPTURE(text);
  const model::Plan plan = read(text);
  CHECK(plan.name == "linux");
  CHECK(plan.repetitions == 3);
  CHECK(plan.warnings.empty());
  const auto& kernel = plan.kernels.at(0);
  CHECK(kernel.label == kMine.label);
  const auto& build = std::get<model::BuildSource>(kernel.source);
  CHECK(std::get<model::WorkTree>(build.tree).directory == "/src/my linux");
  CHECK(build.patches == std::vector<std::string>{"/p/a.mbox"});
  CHECK(build.fragments == std::vector<std::string>{"base", "kvm"});
  CHECK(plan.cases.size() == desk::choose({"mm/mprotect.c"}).cases.size());
}

TEST_CASE("a case of KVM runs with the shadow and with the TDP MMU") {
  const std::string text = desk::plan_text("x", {kMine}, desk::choose({"mm/ksm.c"}), "6.12.0", 1);
  CHECK(text.find(
            "cases:\n"
            "  - { case: kvm/stale_mapping, as: kvm/stale_anon, args: "
            "[\"--backing\",\"anon\",\"--seconds\",\"0.2\"], topologies: [l1-shadow, l1-tdp] }\n"
            "  - { case: kvm/memslot_churn, args: [\"--backing\",\"anon\"], "
            "topologies: [l1-shadow, l1-tdp] }\n\n") != std::string::npos);
}

TEST_CASE("before 6.12 mprotect calls its notifier for each PMD, and the case is told so") {
  const desk::Choice numa = desk::choose_named({"kvm/numa_balancing"});
  const auto text = [&](const char* version) {
    return desk::plan_text("x", {kMine}, numa, version, 1);
  };
  CHECK(text("6.1.192").find("\"--notified-at\",\"pmd\"") != std::string::npos);
  CHECK(text("6.12.0-rc1").find("--notified-at") == std::string::npos);
}
