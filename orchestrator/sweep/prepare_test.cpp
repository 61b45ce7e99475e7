#include "sweep/prepare.hpp"

#include <doctest/doctest.h>

using namespace kproof;
using namespace kproof::sweep;

TEST_CASE("a topology is raised to what the case needs and never lowered") {
  const model::Topology plan{.name = "l1", .vcpus = 2, .memory = 2ull << 30, .nvdimm = 0};
  model::CaseNeeds needs;
  needs.memory = 5ull << 30;
  needs.nvdimm = 3ull << 30;
  const model::Topology raised = raise(plan, needs);
  CHECK(raised.memory == 5ull << 30);
  CHECK(raised.nvdimm == 3ull << 30);
  CHECK(raised.vcpus == 2);
}

TEST_CASE("what the kernel lacks is told before the boot, with the fact") {
  const Kernel kernel{.config =
                          kernel::Kconfig::parse("# CONFIG_DEV_DAX is not set\nCONFIG_MMU=y\n")};
  model::CaseNeeds needs;
  needs.kconfig = {"CONFIG_DEV_DAX", "CONFIG_MMU"};
  const image::ModuleClosure closure{.missing = {{"nfit", ""}, {"libnvdimm", "nd_pmem"}}};
  CHECK(unmet_needs(kernel, needs, closure) ==
        std::vector<std::string>{"CONFIG_DEV_DAX is not set in the kernel's config",
                                 "the kernel has no module nfit",
                                 "the kernel has no module libnvdimm, which nd_pmem needs"});
}

TEST_CASE("a kernel whose config nobody knows is not said to lack anything") {
  model::CaseNeeds needs;
  needs.kconfig = {"CONFIG_DEV_DAX"};
  CHECK(unmet_needs(Kernel{}, needs, {}).empty());
}
