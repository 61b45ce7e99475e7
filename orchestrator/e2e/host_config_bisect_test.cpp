// What config-bisect says before a guest boots. The kernel is a made-up tree that is built as a
// real one is.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "e2e/host_support.hpp"
#include "source/made_up.hpp"
#include "util/subprocess.hpp"

namespace kproof::e2e::host::config_bisect_test {
namespace fs = std::filesystem;

namespace {
struct Configs : source::MadeUpTree {
  const fs::path plan = scratch.path() / "plan.yaml", out = scratch.path() / "out";

  Configs() { write(plan, plan_to_build(tree)); }
  fs::path file(const std::string& name, const std::string& text) const {
    write(scratch.path() / name, text);
    return scratch.path() / name;
  }
  Ended run(const std::vector<std::string>& more) const {
    std::vector<std::string> words{"config-bisect", plan.string(), "--out", out.string()};
    words.insert(words.end(), more.begin(), more.end());
    return run_kproof(words, {{"KPROOF_CACHE", (scratch.path() / "cache").string()}}, seconds(60));
  }
};
}  // namespace

TEST_CASE("two configs that kconfig finishes alike have no difference, and nothing is built") {
  const Configs configs;
  const auto bad = configs.file("lost.config", "# A wish.\n# optional: why\nCONFIG_LOST=y\n");
  const Ended ended = configs.run({"--bad", bad});
  CAPTURE(ended.err);
  CHECK(ended.code == 1);
  CHECK(contains(ended.out,
                 "No difference: both configs are the same when kconfig has finished them"));
  CHECK_FALSE(contains(ended.err, "building "));
  CHECK(results_in(configs.out).at("config_bisect").at("answer") == "no difference");
}

TEST_CASE("an end that kconfig does not finish as it was asked is refused with the reason") {
  const Configs configs;
  const auto bad = configs.file("lost.config", "# A demand.\nCONFIG_LOST=y\n");
  const Ended ended = configs.run({"--bad", bad});
  CAPTURE(ended.err);
  CHECK(ended.code == 2);
  CHECK(contains(ended.err, "--bad " + bad.string() + ", a fragment on top of mine: "));
  CHECK(contains(ended.err, "CONFIG_LOST=y became n: "));
  CHECK(contains(ended.err, "depends on NOPE (NOPE is n)"));
}

TEST_CASE(
    "a mistake in a fragment is told with its place, and a name that is none with the choice") {
  const Configs configs;
  const auto bad = configs.file("bad.config", "# A.\nCONFIG_KVM=yes\n");
  const Ended ended = configs.run({"--bad", bad});
  CHECK(ended.code == 2);
  CHECK_MESSAGE(contains(ended.err, "bad.config:2:12: a value is y, m, n"), ended.err);
  CHECK(contains(ended.err, "           ^"));
  const Ended unknown = configs.run({"--bad", "kasaan"});
  CHECK(unknown.code == 2);
  CHECK_MESSAGE(contains(unknown.err, "--bad kasaan: no kernel of the plan, fragment or file"),
                unknown.err);
  CHECK(contains(unknown.err, "hint: give a .config, a fragment"));
  const Ended debian = configs.run({"--bad", "debian"});
  CHECK(debian.code == 2);
  CHECK_MESSAGE(contains(debian.err, "is not of the source, patches and compiler of mine"),
                debian.err);
  CHECK_FALSE(fs::exists(configs.out));
}

TEST_CASE("a .config of another architecture is refused as an end") {
  const Configs configs;
  const auto bad =
      configs.file("arm", "#\n# Linux/arm64 6.1.0 Kernel Configuration\n#\nCONFIG_ARM64=y\n");
  const Ended ended = configs.run({"--bad", bad});
  CHECK(ended.code == 2);
  CHECK_MESSAGE(contains(ended.err, "is a config for arm64"), ended.err);
}

TEST_CASE("an end that does not build is told with the compiler's words") {
  const Configs configs;
  configs.write(configs.tree / "mm/a.c", "int a = nope;\n");
  util::run_checked({.argv = {"git", "commit", "-qam", "broken"}, .directory = configs.tree});
  const Ended ended = configs.run({"--bad", configs.file("kvm.config", "# A.\nCONFIG_KVM=y\n")});
  CAPTURE(ended.err);
  CHECK(ended.code == 2);
  CHECK(contains(ended.err, "--bad: "));
  CHECK(contains(ended.err, "mm/a.c:1:9: error: 'nope' undeclared here"));
}

}  // namespace kproof::e2e::host::config_bisect_test
