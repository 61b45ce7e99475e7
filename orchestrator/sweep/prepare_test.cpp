#include "sweep/prepare.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "sweep/fragments.hpp"
#include "sweep/pipeline.hpp"
#include "sweep/room.hpp"
#include "util/error.hpp"

using namespace kproof;
using namespace kproof::sweep;

TEST_CASE("a level is raised to what the case needs and never lowered") {
  const model::Level plan{.vcpus = 2, .memory = 2ull << 30, .nvdimm = 0};
  model::CaseNeeds needs;
  needs.memory = 5ull << 30;
  needs.nvdimm = 3ull << 30;
  const model::Level raised = raise(plan, needs);
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

TEST_CASE("what is lacking is told with the fragment by which a kernel is built that has it") {
  const Kernel kernel{.config = kernel::Kconfig::parse("CONFIG_MMU=y\n")};
  const FragmentIndex index({kconfig::parse_fragment("# A.\nCONFIG_ZRAM=y\n", "aging.config")});
  model::CaseNeeds needs;
  needs.kconfig = {"CONFIG_ZRAM"};
  CHECK(unmet_needs(kernel, needs, {}, [&](const auto& symbol) { return index.hint(symbol); }) ==
        std::vector<std::string>{
            "CONFIG_ZRAM is not set in the kernel's config (fragment `aging` sets it)"});
}

TEST_CASE("a kernel whose config nobody knows is not said to lack anything") {
  model::CaseNeeds needs;
  needs.kconfig = {"CONFIG_DEV_DAX"};
  CHECK(unmet_needs(Kernel{}, needs, {}).empty());
}

TEST_CASE("a level makes room for a guest inside whose RAM is devdax or of 1 GiB pages") {
  model::Level level;
  std::vector<std::string> cmdline;
  make_room(level, {.memory = 1ull << 30, .backing = model::Backing::devdax_1g}, cmdline);
  CHECK(level.nvdimm == 2ull << 30);
  CHECK(cmdline.empty());
  make_room(level, {.memory = 2ull << 30, .backing = model::Backing::hugetlb_1g}, cmdline);
  CHECK(cmdline == std::vector<std::string>{"hugepagesz=1G", "hugepages=2"});
}

TEST_CASE("a tree of guests that does not fit is refused with the place and the numbers") {
  const model::Topology topology{.name = "deep", .place = "p.yaml:3:5"};
  const model::Level small{.memory = 512ull << 20}, large{.memory = 1ull << 30};
  CHECK_NOTHROW(require_tree_fits(topology, {large, small}));
  try {
    require_tree_fits(topology, {large, large});
    FAIL("accepted");
  } catch (const ConfigError& error) {
    CHECK(std::string(error.what()) ==
          "p.yaml:3:5: topology `deep`: L1 has 1G of memory, and needs 1G for the RAM of L2, "
          "0 for its NVDIMM and 320M for itself and QEMU");
    CHECK(error.hint() == "give L1 `memory: 1344M`, or L2 less");
  }
}

TEST_CASE("what a cell takes from the host is known without a kernel") {
  model::CaseDescription needs_memory{.name = "mm/a", .quiet = true};
  needs_memory.needs.memory = 3ull << 30;
  const model::Cell cell{.topology = {.levels = {model::Level{.vcpus = 2, .memory = 1ull << 30}}},
                         .test = {.name = "mm/a"}};
  const PreparedCell sized = size_up(
      cell, [&](const auto&, const auto&) -> const auto& { return needs_memory; });
  CHECK(sized.levels.at(0).level.memory == 3ull << 30);
  CHECK(sized.levels[0].program == "mm/a");
  CHECK(needs_of(sized) ==
        resources::Needs{.vcpus = 2, .memory = (3ull << 30) + (512ull << 20), .quiet = true});
}

TEST_CASE("repetitions run in rounds: all cells once, then all again") {
  std::vector<PreparedCell> cells;
  for (const char* id : {"a", "b"})
    for (unsigned n = 1; n <= 3; ++n)
      cells.push_back({.cell = {.id = fmt::format("{}{}", id, n), .repetition = n}});
  std::string order;
  for (const std::size_t i : in_rounds(cells))
    order += cells[i].cell.id;
  CHECK(order == "a1b1a2b2a3b3");
}

TEST_CASE("in each round cells that measure time come last, together") {
  std::vector<PreparedCell> cells;
  for (const char* id : {"a", "Q", "b", "R"})
    for (unsigned n = 1; n <= 2; ++n)
      cells.push_back({.cell = {.id = fmt::format("{}{}", id, n), .repetition = n},
                       .quiet = std::isupper(*id) != 0});
  std::string order;
  for (const std::size_t i : in_rounds(cells))
    order += cells[i].cell.id;
  CHECK(order == "a1b1Q1R1a2b2Q2R2");
}

TEST_CASE("a command line that the kernel would cut is refused with its length") {
  const model::Topology topology{.name = "long", .place = "p.yaml:3:5"};
  CHECK_NOTHROW(require_cmdline_fits(topology, 0, std::string(2047, 'x')));
  try {
    require_cmdline_fits(topology, 1, std::string(2040, 'x') + " nokaslr");
    FAIL("accepted");
  } catch (const ConfigError& error) {
    CHECK(std::string(error.what())
              .starts_with("p.yaml:3:5: topology `long`: the kernel's command line of L2 has 2048 "
                           "bytes, and a kernel reads 2047 of them: ... xxx"));
    CHECK(std::string(error.what()).ends_with("x nokaslr"));
  }
}
