#include "desk/choice.hpp"

#include <doctest/doctest.h>

#include "config/kernel_word.hpp"

using namespace kproof;
using desk::decide;
using desk::Tree;

static const Tree kBare{.root = "/src/linux", .version = "6.12.0", .newer = ""};

TEST_CASE("a tree without a config is built small, with what guests and cases need") {
  const desk::Decision decision = decide(kBare, {});
  CHECK_FALSE(decision.boot_it);
  CHECK(decision.config == "tinyconfig");
  CHECK(decision.fragments == config::usual_fragments());
  CHECK(decision.why ==
        "kproof builds it beside the tree, with tinyconfig and base, dax, kvm, lockup, "
        "tracing, kprobes, aging, numa");
}

TEST_CASE("a tree's config is taken as it is, and what is missing added on demand") {
  Tree tree = kBare;
  tree.config = true;
  const desk::Decision decision = decide(tree, {});
  CHECK(decision.config == "/src/linux/.config");
  CHECK(decision.fragments.empty());
  auto more = config::usual_fragments();
  more.emplace_back("kasan");
  CHECK(decide(tree, {.add_config = true, .config = "", .fragments = {"kasan"}}).fragments == more);
}

TEST_CASE("what is built and up to date is booted; what is not says which file is newer") {
  Tree tree = kBare;
  tree.config = tree.built = true;
  CHECK(decide(tree, {}).boot_it);
  CHECK_FALSE(decide(tree, {.add_config = true, .config = "", .fragments = {}}).boot_it);
  tree.newer = "mm/mprotect.c";
  const desk::Decision decision = decide(tree, {});
  CHECK_FALSE(decision.boot_it);
  CHECK(decision.why ==
        "mm/mprotect.c is newer than bzImage: kproof builds it beside the tree, with its .config");
}

TEST_CASE("in the tree it is make's work") {
  const desk::Decision decision = decide(kBare, {.in_tree = true, .config = "", .fragments = {}});
  CHECK(decision.make);
  CHECK(decision.boot_it);
}

TEST_CASE("what a config lacks is told by fragment; a module is there, a wish does not count") {
  const auto base = kconfig::parse_fragment(
      "# Base.\nCONFIG_A=y\nCONFIG_B=y\nCONFIG_C=y\nCONFIG_D=y\nCONFIG_E=y\n# optional: x\n"
      "CONFIG_F=y\n# CONFIG_G is not set\nCONFIG_NAME=\"x\"\n",
      "base.config");
  const auto kvm = kconfig::parse_fragment("# KVM.\nCONFIG_KVM=y\n", "kvm.config");
  CHECK(desk::lacking("CONFIG_A=y\nCONFIG_KVM=m\n", {base, kvm}) ==
        std::vector<std::string>{"base: CONFIG_B, CONFIG_C, CONFIG_D and 1 more"});
}
