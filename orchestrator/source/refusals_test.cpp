// What keeps a kernel from being built, and how that is told.
#include <doctest/doctest.h>

#include "source/bench.hpp"

using namespace kproof;
using source::Bench;
using source::has;
namespace fs = std::filesystem;

TEST_CASE("code that does not compile is shown with the patch that touched it") {
  Bench bench;
  bench.commit("int a = nope;\n");
  const std::string what = bench.refusal();
  CHECK(has(what, "mm/a.c:1:9: error: 'nope' undeclared here"));
  CHECK(has(what, "mm/a.c was last touched by patch 1 of 1, \"1/1 mm: change a\""));
}

TEST_CASE("each build has a log of its own; one that failed stays till the next try") {
  Bench bench;
  bench.commit("int a = nope;\n");
  const auto logs = [&] {
    std::vector<std::string> texts;
    for (const auto& log : fs::directory_iterator(bench.kept_tree() / "logs"))
      texts.push_back(util::read_file(log.path()));
    return texts;
  };
  bench.refusal();
  const auto once = logs();
  REQUIRE(once.size() == 1);
  bench.refusal();
  CHECK(logs().size() == 1);
  CHECK(logs()[0].size() <= once[0].size());
  bench.source.patches.clear();
  bench.build();
  CHECK(logs().size() == 1);
}

TEST_CASE("a symbol that a patch takes away is the fault of the code, as what does not compile") {
  Bench bench;
  bench.source.fragments = {"lost"};
  CHECK_THROWS_AS(bench.build(), source::Unbuildable);
  bench.source.fragments = {"kvn"};
  CHECK_THROWS_AS(bench.build(), ConfigError);
}

TEST_CASE("a lost symbol stops the build with its reason") {
  Bench bench;
  bench.source.fragments = {"kvm", "lost"};
  CHECK(has(bench.refusal(),
            "1 requested symbol is not as asked:\nlost.config:2: CONFIG_LOST=y became n: "
            "arch/x86/Kconfig:3: depends on NOPE (NOPE is n)"));
  bench.source.fragments = {"kvn"};
  CHECK(has(bench.refusal(), "there is no fragment `kvn`"));
}

TEST_CASE(
    "an uncommitted change is refused, or told where a revision is named; nothing of the tree "
    "changes") {
  Bench bench;
  bench.write(bench.tree / "mm/a.c", "int changed;\n");
  CHECK(has(bench.refusal(), "has uncommitted changes in 1 file,"));
  bench.source.tree = model::GitRevision{bench.tree, "HEAD"};
  bench.build();
  CHECK(has(bench.said, "HEAD is built without them"));
  CHECK(util::read_file(bench.tree / "mm/a.c") == "int changed;\n");
}

TEST_CASE("a shallow clone says so when it lacks the revision") {
  Bench bench;
  bench.commit("int a = 2;\n");
  const fs::path clone = bench.scratch.path() / "shallow";
  bench.git("clone -q --no-tags --depth 1 file://" + bench.tree.string() + " " + clone.string());
  bench.source.tree = model::GitRevision{clone, "v1"};
  bench.source.patches.clear();
  CHECK(has(bench.refusal(), "has no revision `v1`; it is a shallow clone"));
  bench.source.tree = model::GitRevision{clone, ""};
  CHECK(bench.refusal() == "built");
}

TEST_CASE("a .config of another architecture, and what is no config, are refused") {
  Bench bench;
  bench.source.config = (bench.scratch.path() / "arm.config").string();
  CHECK(has(bench.refusal(), "there is no config"));
  bench.write(bench.source.config, "# Linux/arm64 6.1.0 Kernel Configuration\nCONFIG_ARM64=y\n");
  CHECK(has(bench.refusal(), "is a config for arm64"));
  bench.write(bench.source.config, "KVM is wanted\n");
  CHECK(has(bench.refusal(), "is no .config: line 1 is neither CONFIG_...= nor a comment"));
}

TEST_CASE("a compiler that is missing or too old is told before anything is built") {
  Bench bench;
  bench.settings.compiler = "gcc-0.1";
  CHECK_THROWS_WITH_AS(bench.build(), doctest::Contains("there is no gcc-0.1"), HostError);
  bench.settings.compiler = "false";
  CHECK_THROWS_WITH_AS(bench.build(), doctest::Contains("false is no compiler"), HostError);
  bench.settings.compiler = "gcc";
  bench.write(bench.tree / "scripts/min-tool-version.sh", "echo 99.1\n");
  bench.git("add . && git commit -qm tools");
  CHECK_THROWS_WITH_AS(bench.build(),
                       doctest::Contains("too old for this kernel, which needs 99.1"), HostError);
}

TEST_CASE("a tarball is unpacked; one that is no kernel is refused") {
  Bench bench;
  const fs::path tar = bench.scratch.path() / "linux.tar";
  bench.git("archive --prefix=linux-6.1/ -o " + tar.string() + " HEAD");
  bench.source.tree = model::Tarball{tar};
  CHECK(bench.refusal() == "built");
  bench.git("rm -q Kconfig");
  bench.git("commit -qm no");
  bench.git("archive --prefix=linux-6.1/ -o " + tar.string() + " HEAD");
  CHECK(has(bench.refusal(), "is no kernel source: it has no Kconfig"));
}
