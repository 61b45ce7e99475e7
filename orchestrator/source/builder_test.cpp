// The builder on a tree of three files that has kbuild's targets and messages.
#include "source/builder.hpp"

#include <thread>

#include <doctest/doctest.h>
#include <sys/eventfd.h>

#include "source/made_up.hpp"
#include "util/error.hpp"
#include "util/fd.hpp"
#include "util/files.hpp"
#include "util/hash.hpp"
#include "util/subprocess.hpp"

using namespace kproof;
namespace fs = std::filesystem;

namespace {
struct Bench {
  const util::ScratchDir scratch{"kproof-builder"};
  const fs::path tree = scratch.path() / "tree";
  model::BuildSource source{.tree = model::GitRevision{tree, ""}, .fragments = {}};
  std::string said;
  source::Settings settings{
      .cache = scratch.path() / "cache",
      .fragments = scratch.path() / "fragments",
      .jobs = 1,
      .say = [this](std::string_view line) { said.append(line).append("\n"); }};

  Bench() {
    write(tree / "Makefile", source::kMakefile);
    write(tree / "Kconfig", source::kKconfig);
    write(tree / "arch/x86/Kconfig", source::kArchKconfig);
    write(tree / "mm/a.c", "int a;\n");
    write(tree / "mm/b.c", "int b;\n");
    write(settings.fragments / "kvm.config", "# A host.\nCONFIG_KVM=y\n");
    write(settings.fragments / "lost.config", "# Lost.\nCONFIG_LOST=y\n");
    git("init -q -b main . && git config user.name A && git config user.email a && git add . && "
        "git commit -qm one && git tag v1");
  }
  static void write(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    util::write_file_atomically(file, text);
  }
  void git(const std::string& command) const {
    util::run_checked({.argv = {"sh", "-ec", "git " + command}, .directory = tree});
  }
  source::Foundation foundation() const { return source::find_foundation(source, settings); }
  source::Built build() const {
    return source::build(foundation(), {source::load_patches(source)}, settings);
  }
  std::string refusal() const {
    try {
      build();
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "built";
  }
  // The commit on top of v1 that makes mm/a.c this.
  void commit(const std::string& a) {
    write(tree / "mm/a.c", a);
    git("commit -qam 'mm: change a'");
    source.tree = model::GitRevision{tree, "v1"};
    source.patches = {"v1..main"};
  }
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}
}  // namespace

TEST_CASE("a kernel is built once; with the same inputs nothing is built") {
  Bench bench;
  bench.source.fragments = {"kvm"};
  const auto first = bench.build();
  CHECK_FALSE(first.reused);
  CHECK(fs::exists(first.root / "boot/vmlinuz-6.1.0-kproof"));
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
  const fs::path trees = bench.settings.cache / "kernels/trees";
  const auto logs = [&] {
    std::vector<std::string> texts;
    for (const auto& tree : fs::directory_iterator(trees))
      for (const auto& log : fs::directory_iterator(tree.path() / "logs"))
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

TEST_CASE("of a series nothing is built before all of it applies") {
  Bench bench;
  bench.commit("int a = 2;\n");
  auto series = source::load_patches(bench.source);
  series.push_back(series[0]);
  const auto build = [&](std::size_t applied) {
    source::build(bench.foundation(), {series, applied}, bench.settings);
  };
  CHECK_THROWS_WITH_AS(build(0), doctest::Contains("patch 2 of 2"), ConfigError);
  series.pop_back();
  build(1);
  build(0);
}

TEST_CASE("what is built on one foundation is of one commit, though the branch moves on") {
  Bench bench;
  const auto foundation = bench.foundation();
  const auto first = source::build(foundation, {{}}, bench.settings);
  bench.write(bench.tree / "mm/a.c", "int a = nope;\n");
  CHECK(source::build(foundation, {{}}, bench.settings).root == first.root);
  bench.git("commit -qam 'mm: break a'");
  const std::string diff = "--- a/mm/b.c\n+++ b/mm/b.c\n@@ -1 +1 @@\n-int b;\n+int b = 2;\n";
  const std::vector<patch::Patch> series{{.name = "b", .diff = diff, .files = {"mm/b.c"}}};
  CHECK_FALSE(source::build(foundation, {series}, bench.settings).reused);
  CHECK(has(bench.refusal(), "'nope' undeclared"));
}

TEST_CASE("a symbol that a patch takes away is the fault of the code, as what does not compile") {
  Bench bench;
  bench.source.fragments = {"lost"};
  CHECK_THROWS_AS(bench.build(), source::Unbuildable);
  bench.source.fragments = {"kvn"};
  CHECK_THROWS_AS(bench.build(), ConfigError);
}

TEST_CASE("a build that waits for another's lock can be stopped") {
  Bench bench;
  bench.build();
  bench.commit("int a = 2;\n");
  const util::Fd stop(::eventfd(0, EFD_CLOEXEC));
  bench.settings.stop_fd = stop.get();
  const fs::path trees = bench.settings.cache / "kernels/trees";
  const fs::path tree = fs::directory_iterator(trees)->path();
  const auto held = util::FileLock::acquire(tree / "lock");
  bench.settings.say = [&](std::string_view line) {
    if (line.starts_with("waiting for process")) ::eventfd_write(stop.get(), 1);
  };
  CHECK_THROWS_AS(bench.build(), Interrupted);
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
  for (const auto& tree : fs::directory_iterator(bench.settings.cache / "kernels/trees"))
    bench.write(tree.path() / "fast", "");
  CHECK_FALSE(bench.build().reused);
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
