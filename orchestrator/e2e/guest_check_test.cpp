// kproof test and kproof check in a source tree, with real guests, on kernels that need no
// compiling: the made-up source builds to Debian's 6.12, or to 6.1, on which mprotect of a 1 GiB
// devdax mapping fails.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "e2e/leftovers.hpp"
#include "e2e/stand_in.hpp"
#include "e2e/support.hpp"

namespace kproof::e2e::guest_check_test {
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using Words = std::vector<std::string>;

static Run in_tree(const StandIn& source, const std::string& command, const std::string& name,
                   const Words& more) {
  const auto out = fresh_directory(name);
  Words argv{command, "--tree", source.tree().string(), "--out", out.string()};
  argv.insert(argv.end(), more.begin(), more.end());
  return run_kproof(argv, out, 10min);
}

static bool says(const Run& run, const std::string& text) {
  return run.process.out.find(text) != std::string::npos ||
         run.process.err.find(text) != std::string::npos;
}

static const Words kTwoCases{"--case", "mm/dax_1g_mprotect", "--case", "mm/thp_mprotect"};

TEST_CASE("a tree is built as it is, beside itself, and tested") {
  const StandIn source;
  source.write("mm/a.c", "int a;  /* not committed */\n");
  const Run run = in_tree(source, "test", "test-tree", {"--case", "mm/thp_mprotect"});
  INFO(run.process.err);
  INFO(run.process.out);
  CHECK(run.process.exit_code == 0);
  CHECK(
      says(run, "kproof builds it beside the tree, with tinyconfig and base, dax, kvm, lockup, "));
  CHECK(says(run, "1 cell: 1 pass. Everything as expected."));
  CHECK(fs::exists(run.out / "plan.yaml"));
  CHECK(left_by_run(run.out) == Words{});
  CHECK(util::run_checked({.argv = {"git", "status", "--porcelain"}, .directory = source.tree()}) ==
        " M mm/a.c\n");
}

TEST_CASE("check: what is not committed is worse, and only by the case that it breaks") {
  const StandIn source;
  source.use(StandIn::Kernel::debian_6_1);
  const Run run = in_tree(source, "check", "check-tree", kTwoCases);
  INFO(run.process.err);
  INFO(run.process.out);
  CHECK(run.process.exit_code == 1);
  CHECK(says(run, "after:  1 file changed"));
  CHECK(says(run, "Worse: mm/dax_1g_mprotect (pass -> fail)."));
  CHECK(run.results.at("kind") == "series");

  source.git("commit -qam 'mm: break it' && git commit -q --allow-empty -m 'touch nothing'");
  const Run same = in_tree(source, "check", "check-head", kTwoCases);
  INFO(same.process.err);
  INFO(same.process.out);
  CHECK(same.process.exit_code == 0);
  CHECK(says(same, "Nothing became worse in 2 comparisons; 1 case fails before and after."));
}

TEST_CASE("git bisect run kproof check finds the commit, and skips one that does not build") {
  const StandIn source;
  source.commit_mended("one");
  source.commit_broken("does not build");
  source.commit_mended("builds again");
  source.commit("mm: break it", StandIn::Kernel::debian_6_1);
  source.commit_mended("after it");
  source.commit_mended("and more");
  const auto out = fresh_directory("git-bisect");
  source.git("bisect start HEAD v0");
  const auto bisect = util::run({.argv = {"git", "bisect", "run", KPROOF_PROGRAM, "check", "--case",
                                          "mm/dax_1g_mprotect", "--out", out.string()},
                                 .directory = source.tree(),
                                 .deadline = 10min});
  INFO(bisect.out);
  INFO(bisect.err);
  CHECK(bisect.exit_code == 0);
  CHECK(bisect.out.find("is the first bad commit") != std::string::npos);
  CHECK(bisect.out.find("mm: break it") != std::string::npos);
  CHECK(left_by_run(out) == Words{});
}

TEST_CASE("check cannot tell of a tree that does not build, and says so by 125") {
  const StandIn source;
  source.commit_broken("does not build");
  const Run run = in_tree(source, "check", "check-unbuilt", {"--case", "mm/thp_mprotect"});
  INFO(run.process.err);
  INFO(run.process.out);
  CHECK(run.process.exit_code == 125);
  CHECK(says(run, "Cannot tell: after does not build."));
  CHECK(says(run, "mm/a.c:1:9: error: 'nope' undeclared"));
}

}  // namespace kproof::e2e::guest_check_test
