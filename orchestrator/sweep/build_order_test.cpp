#include "sweep/build_order.hpp"

#include <doctest/doctest.h>

using namespace kproof;
using namespace kproof::sweep;
using Progress = Making::Progress;
using Indices = std::vector<std::size_t>;

static model::KernelSpec built(const std::string& package, std::vector<std::string> patches = {}) {
  return {.source = model::BuildSource{.tree = model::SourcePackage{package},
                                       .patches = std::move(patches),
                                       .fragments = {}}};
}

static std::vector<Making> makings(const std::vector<model::KernelSpec>& specs) {
  std::vector<Making> all;
  for (const auto& spec : specs)
    all.push_back(making_of(spec));
  return all;
}

TEST_CASE("configs of one source are built at once, as many as are worth while") {
  const auto all = makings({built("a"), built("a"), built("a")});
  CHECK(startable(all, 4) == Indices{0, 1, 2});
  CHECK(startable(all, 2) == Indices{0, 1});
}

TEST_CASE("patches of one source are built one after the other, in the plan's order") {
  auto all = makings({built("a"), built("a", {"1"}), built("a", {"1", "2"})});
  CHECK(startable(all, 4) == Indices{0});
  all[0].progress = Progress::running;
  CHECK(startable(all, 4).empty());
  all[0].progress = Progress::done;
  CHECK(startable(all, 4) == Indices{1});
}

TEST_CASE("all configs of a state are built before the tree gets another") {
  auto all = makings({built("a"), built("a", {"1"}), built("a"), built("a"), built("a", {"1"})});
  CHECK(startable(all, 4) == Indices{0, 2, 3});
  CHECK(startable(all, 2) == Indices{0, 2});
  all[0].progress = Progress::done;
  all[2].progress = Progress::running;
  CHECK(startable(all, 2) == Indices{3});
  all[2].progress = all[3].progress = Progress::done;
  CHECK(startable(all, 2) == Indices{1, 4});
}

TEST_CASE("what one tree holds keeps no other tree from being built") {
  const auto all = makings({built("a"), built("a", {"1"}), built("b"), built("b", {"1"})});
  CHECK(startable(all, 4) == Indices{0, 2});
}

TEST_CASE("packages and files come one after the other, beside builds") {
  auto all = makings({{.name = "x", .source = model::PackageSource{"linux-image-amd64"}},
                      built("a"),
                      {.name = "y", .source = model::PathSource{"/boot/vmlinuz"}}});
  CHECK(startable(all, 4) == Indices{0, 1});
  all[0].progress = Progress::done;
  CHECK(startable(all, 4) == Indices{1, 2});
}

TEST_CASE("revisions of one repository are states of one tree") {
  const auto of = [](const char* path, const char* revision) {
    return model::KernelSpec{
        .source = model::BuildSource{
            .tree = model::GitRevision{path, revision}, .patches = {}, .fragments = {}}};
  };
  CHECK(startable(makings({of("/l", "v1"), of("/x/../l", "v2"), of("/m", "v1")}), 4) ==
        Indices{0, 2});
}

TEST_CASE("builds at the same time share the cores") {
  CHECK(jobs_each(64, 1) == 0);
  CHECK(jobs_each(64, 4) == 16);
  CHECK(jobs_each(2, 2) == 1);
  CHECK(jobs_each(3, 2) == 2);
}
