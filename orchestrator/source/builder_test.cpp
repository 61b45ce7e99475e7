// The builder on a tree of three files that has kbuild's targets and messages.
#include "source/builder.hpp"

#include <thread>

#include <doctest/doctest.h>
#include <sys/eventfd.h>

#include "util/error.hpp"
#include "util/fd.hpp"
#include "util/files.hpp"
#include "util/subprocess.hpp"

using namespace kproof;
namespace fs = std::filesystem;

// The driver of a build as kbuild is one: objects below O=, a .cmd file when an object is whole.
static constexpr const char* kMakefile = R"(
tinyconfig:
	echo '# Linux/x86 6.1.0 Kernel Configuration' >$(KCONFIG_CONFIG)
olddefconfig:
	sed -i /LOST/d $(KCONFIG_CONFIG)
$(O)/%.o: %.c
	@echo '  CC      $*.o'
	@mkdir -p $(@D)
	$(CC) -c -o $@ $(CURDIR)/$<
bzImage: $(O)/mm/a.o $(O)/mm/b.o
	mkdir -p $(O)/arch/x86/boot $(O)/include/config
	cat $^ >$(O)/arch/x86/boot/bzImage
	echo 6.1.0-kproof >$(O)/include/config/kernel.release
	touch $(O)/modules.builtin
modules:
	@echo modules are disabled; exit 1
)";

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
    write(tree / "Makefile", kMakefile);
    write(tree / "Kconfig", "source \"arch/$(SRCARCH)/Kconfig\"\n");
    write(tree / "arch/x86/Kconfig",
          "config KVM\n\tbool \"KVM\"\nconfig LOST\n\tbool \"L\"\n\tdepends on NOPE\n");
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
  source::Built build() const {
    return source::build(source, source::load_patches(source), settings);
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
  CHECK(log.rfind("CC      mm/a.o") > log.find("CC      mm/b.o"));
  CHECK(log.find("CC      mm/b.o") == log.rfind("CC      mm/b.o"));
  bench.source.patches.clear();
  CHECK(bench.build().reused);
}

TEST_CASE("code that does not compile is shown with the patch that touched it") {
  Bench bench;
  bench.commit("int a = nope;\n");
  const std::string what = bench.refusal();
  CHECK(has(what, "mm/a.c:1:9: error: 'nope' undeclared here"));
  CHECK(has(what, "mm/a.c was last touched by patch 1 of 1, \"1/1 mm: change a\""));
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
  std::string makefile = kMakefile;
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
