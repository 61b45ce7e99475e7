#include "source/builder.hpp"

#include <future>
#include <optional>

#include <doctest/doctest.h>
#include <sys/eventfd.h>

#include "source/bench.hpp"
#include "source/hold.hpp"
#include "util/fd.hpp"
#include "util/files.hpp"
#include "util/hash.hpp"

using namespace kproof;
using source::Bench;
using source::has;
namespace fs = std::filesystem;

TEST_CASE("a kernel is built once; with the same inputs nothing is built") {
  Bench bench;
  bench.source.fragments = {"kvm"};
  const auto first = bench.build();
  CHECK_FALSE(first.reused);
  CHECK(fs::exists(first.root / "boot/vmlinuz-6.1.0-kproof"));
  CHECK(fs::exists(first.root / "usr/lib/debug/boot/vmlinux-6.1.0-kproof"));
  CHECK(has(util::read_file(first.root / "boot/config-6.1.0-kproof"), "CONFIG_KVM=y"));
  CHECK(fs::exists(first.root / "lib/modules/6.1.0-kproof/modules.builtin"));
  const auto second = bench.build();
  CHECK(second.reused);
  CHECK(second.root == first.root);
}

TEST_CASE("a patch makes another kernel, and rebuilds what it touches only") {
  Bench bench;
  bench.build();
  bench.commit("int a = 2;\n");
  bench.said.clear();
  const auto patched = bench.build();
  CHECK_FALSE(patched.reused);
  const std::string log = util::read_file(patched.root / "../kproof-build.log");
  CHECK(has(log, "CC      mm/a.o"));
  CHECK_FALSE(has(log, "CC      mm/b.o"));
  bench.source.patches.clear();
  CHECK(bench.build().reused);
}

TEST_CASE(
    "configs that share a build directory rebuild what differs, and are kernels of their own") {
  Bench bench;
  bench.settings.build = "shared";
  const auto plain = bench.build();
  bench.source.fragments = {"kvm"};
  const auto kvm = bench.build();
  CHECK(kvm.root != plain.root);
  CHECK(has(util::read_file(kvm.root / "boot/config-6.1.0-kproof"), "CONFIG_KVM=y"));
  CHECK_FALSE(has(util::read_file(kvm.root / "../kproof-build.log"), "CC      mm/a.o"));
  std::size_t directories = 0;
  for (const auto& entry : fs::directory_iterator(bench.kept_tree()))
    directories += entry.is_directory() && entry.path().filename().string().starts_with("build-");
  CHECK(directories == 1);
}

TEST_CASE("a config is finished by the tree's own kconfig, and nothing is built") {
  Bench bench;
  bench.source.fragments = {"kvm"};
  const auto finished =
      finish_config(bench.spec(), {source::load_patches(bench.source)}, bench.settings);
  CHECK(has(finished.config, "# Linux/x86 6.1.0 Kernel Configuration"));
  CHECK(has(finished.config, "CONFIG_KVM=y"));
  CHECK(finished.language.symbols.contains("LOST"));
  CHECK_FALSE(has(bench.said, "building"));
  CHECK_FALSE(fs::exists(bench.settings.cache / "kernels/built"));
  CHECK_FALSE(bench.build().reused);
  bench.source.fragments = {"lost"};
  CHECK_THROWS_AS(finish_config(bench.spec(), {source::load_patches(bench.source)}, bench.settings),
                  source::Unbuildable);
}

TEST_CASE("another commit of a repository rebuilds what differs; the repository stays as it was") {
  Bench bench;
  std::string compiled;
  bench.settings.live = [&](std::string_view line) {
    if (const auto at = line.find("mm/"); at != line.npos) compiled += line.substr(at);
  };
  bench.commit("int a = 2;\n");
  bench.build();  // v1, and as a patch what main is
  CHECK(compiled == "mm/a.omm/b.o");
  bench.source.patches.clear();
  bench.source.tree = model::GitRevision{bench.tree, "main"};
  compiled.clear();
  bench.build();
  CHECK(compiled == "mm/a.o");  // the patch was taken back
  compiled.clear();
  bench.write(bench.tree / "mm/b.c", "int b = 2;\n");
  bench.git("commit -qam 'mm: change b'");
  const std::string index = util::hash_file(bench.tree / ".git/index");
  bench.build();
  CHECK(compiled == "mm/b.o");
  CHECK(util::hash_file(bench.tree / ".git/index") == index);
}

TEST_CASE("a tree whose move to another commit was cut short is mended") {
  Bench bench;
  bench.build();
  bench.git(
      "rm -q mm/a.c && git commit -qm 'without a' && git tag without && git reset -q --hard v1");
  bench.source.tree = model::GitRevision{bench.tree, "without"};
  bench.build();
  for (const auto& entry : fs::directory_iterator(bench.settings.cache / "kernels/trees"))
    if (entry.is_directory()) {
      CHECK_FALSE(fs::exists(entry.path() / "source/mm/a.c"));
      bench.write(entry.path() / "commit", "");
      bench.write(entry.path() / "index.lock", "");
      bench.write(entry.path() / "source/mm/b.c", "garb");
    }
  bench.commit("int a = 3;\n");
  CHECK(bench.refusal() == "built");
}

TEST_CASE("of a series nothing is built before all of it applies") {
  Bench bench;
  bench.commit("int a = 2;\n");
  auto series = source::load_patches(bench.source);
  series.push_back(series[0]);
  const auto build = [&](std::size_t applied) {
    source::build(bench.spec(), {series, applied}, bench.settings);
  };
  CHECK_THROWS_WITH_AS(build(0), doctest::Contains("patch 2 of 2"), ConfigError);
  series.pop_back();
  build(1);
  build(0);
}

TEST_CASE("what is built on one spec is of one commit, though the branch moves on") {
  Bench bench;
  const auto spec = bench.spec();
  const auto first = source::build(spec, {{}}, bench.settings);
  bench.write(bench.tree / "mm/a.c", "int a = nope;\n");
  CHECK(source::build(spec, {{}}, bench.settings).root == first.root);
  bench.git("commit -qam 'mm: break a'");
  const std::string diff = "--- a/mm/b.c\n+++ b/mm/b.c\n@@ -1 +1 @@\n-int b;\n+int b = 2;\n";
  const std::vector<patch::Patch> series{{.name = "b", .diff = diff, .files = {"mm/b.c"}}};
  CHECK_FALSE(source::build(spec, {series}, bench.settings).reused);
  CHECK(has(bench.refusal(), "'nope' undeclared"));
}

// What kMakefile is, but nothing is compiled before two builds have come to `place`, or for 80 s: a
// busy host takes 20 s and more to begin the second.
static std::string meeting(const fs::path& place) {
  std::string makefile = source::kMakefile;
  const std::string compile = "$(CC) -c";
  return makefile.replace(
      makefile.find(compile), compile.size(),
      "touch " + place.string() + "/$(notdir $(O)); for i in $$(seq 800); do [ $$(ls " +
          place.string() + " | wc -l) -ge 2 ] && break; sleep 0.1; done; [ $$i -lt 800 ] && " +
          compile);
}

TEST_CASE("two configs of one tree are built at the same time") {
  Bench bench;
  const fs::path place = bench.scratch.path() / "place";
  fs::create_directory(place);
  fs::permissions(place, fs::perms::all);
  bench.write(bench.tree / "Makefile", meeting(place));
  bench.git("commit -qam meeting");
  bench.settings.say = [](std::string_view) {};
  const auto build = [&](const std::vector<std::string>& fragments) {
    model::BuildSource source = bench.source;
    source.fragments = fragments;
    return source::build(source::find_build_spec(source, bench.settings), {{}}, bench.settings)
        .root;
  };
  auto other = std::async(std::launch::async, [&] { return build({"kvm"}); });
  const fs::path one = build({});
  CHECK(one != other.get());
}

TEST_CASE("who waits to change the files builds beside who made them what he wants") {
  const util::ScratchDir tree("kproof-hold-");
  fs::create_directory(tree.path() / "source");
  util::write_file_atomically(tree.path() / "holds", "others");
  const auto builds = util::FileLock::acquire(tree.path() / "lock", -1, util::FileLock::For::all);
  bool waited = false;
  source::Settings settings;
  settings.say = [&](std::string_view) {
    waited = true;
    util::write_file_atomically(tree.path() / "holds", "mine");
  };
  source::hold_source(
      tree.path(), "mine", [] { FAIL("the files changed below a build"); }, settings);
  CHECK(waited);
}

TEST_CASE("a build with other patches waits until nobody builds from the tree as it is") {
  Bench bench;
  bench.build();
  bench.commit("int a = 2;\n");
  const fs::path tree = bench.kept_tree();
  auto held = std::optional(util::FileLock::acquire(tree / "lock", -1, util::FileLock::For::all));
  bench.settings.say = [&](std::string_view line) {
    if (!line.starts_with("waiting for process")) return;
    CHECK(util::read_file(tree / "source/mm/a.c") == "int a;\n");
    held.reset();
  };
  bench.build();
  CHECK_FALSE(held);
  CHECK(util::read_file(tree / "source/mm/a.c") == "int a = 2;\n");
}

TEST_CASE("a build that waits for another's lock can be stopped") {
  Bench bench;
  bench.build();
  bench.commit("int a = 2;\n");
  const util::Fd stop(::eventfd(0, EFD_CLOEXEC));
  bench.settings.stop_fd = stop.get();
  const fs::path tree = bench.kept_tree();
  const auto held = util::FileLock::acquire(tree / "lock");
  bench.settings.say = [&](std::string_view line) {
    if (line.starts_with("waiting for process")) ::eventfd_write(stop.get(), 1);
  };
  CHECK_THROWS_AS(bench.build(), Interrupted);
}

TEST_CASE("a build that is stopped says so, and the next one goes on") {
  Bench bench;
  const util::Fd stop(::eventfd(0, EFD_CLOEXEC));
  bench.write(bench.tree / "mm/b.c", "int b;\n");
  bench.settings.stop_fd = stop.get();
  bench.settings.live = [&](std::string_view line) {
    if (has(std::string(line), "mm/a.o")) ::eventfd_write(stop.get(), 1);
  };
  bench.git("tag slow");
  std::string makefile = source::kMakefile;
  makefile.replace(makefile.find("@mkdir -p $(@D)"), 15,
                   "@mkdir -p $(@D); [ -e $(O)/../fast ] || sleep 60");
  bench.write(bench.tree / "Makefile", makefile);
  bench.git("commit -qam slow");
  CHECK_THROWS_AS(bench.build(), Interrupted);
  bench.settings.stop_fd = -1;
  bench.write(bench.kept_tree() / "fast", "");
  CHECK_FALSE(bench.build().reused);
}
