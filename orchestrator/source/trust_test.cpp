// What a build knows of us, and what it can do to us: the code of patches runs in it.
#include <cstdlib>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include "source/bench.hpp"
#include "source/build_user.hpp"

using namespace kproof;
using namespace kproof::source;

// The driver of the build with this shell command in the recipe of bzImage.
static void make_run(const Bench& bench, const std::string& command) {
  std::string makefile = kMakefile;
  const std::string at = "\tcat $^ >$(O)/vmlinux\n";
  makefile.insert(makefile.find(at), "\t" + command + "\n");
  Bench::write(bench.tree / "Makefile", makefile);
  bench.git("commit -qam 'Makefile: do more'");
}

static std::string log_of(const Built& built) {
  return util::read_file(built.root.parent_path() / "kproof-build.log");
}

static bool not_root() {
  if (::geteuid() == 0) return false;
  MESSAGE("not tried: kproof is not run as root, so nobody could build with fewer rights");
  return true;
}

TEST_CASE("no variable of the caller's that means something to a compiler or to make reaches it") {
  const std::vector<const char*> poison{"KCPPFLAGS",       "KCFLAGS",      "HOSTCFLAGS",
                                        "GNUMAKEFLAGS",    "KRUSTFLAGS",   "MAKEFLAGS",
                                        "GCC_EXEC_PREFIX", "CPATH",        "CCACHE_PREFIX",
                                        "KBUILD_EXTMOD",   "LOCALVERSION", "a_variable_of_tomorrow",
                                        "GIT_DIR",         "LD_PRELOAD_"};
  Bench bench;
  make_run(bench, "env");
  for (const char* name : poison)
    ::setenv(name, "/poisoned", 1);
  const std::string log = log_of(bench.build());
  for (const char* name : poison)
    ::unsetenv(name);
  CHECK(has(log, "\nPATH="));
  CHECK_FALSE(has(log, "/poisoned"));
}

TEST_CASE("git reads the repository that was named, whatever its variables say") {
  Bench bench;
  bench.commit("int a = 2;\n");
  const util::ScratchDir elsewhere("kproof-test-");
  for (const char* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"})
    ::setenv(name, elsewhere.path().c_str(), 1);
  ::setenv("GIT_EXTERNAL_DIFF", "false", 1);
  const std::string refusal = bench.refusal();
  for (const char* name :
       {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_EXTERNAL_DIFF"})
    ::unsetenv(name);
  CHECK(refusal == "built");
}

TEST_CASE("git's settings of the user's change neither a source nor a patch") {
  Bench bench;
  bench.commit("int a = 2;\n");
  const fs::path home = bench.scratch.path() / "home";
  Bench::write(home / "attributes", "*.c text eol=crlf\n");
  Bench::write(home / ".gitconfig", fmt::format("[core]\nattributesFile = {0}/attributes\n"
                                                "excludesFile = {0}/ignored\n"
                                                "[diff]\ncontext = 0\nnoprefix = true\n"
                                                "[apply]\nignoreWhitespace = change\n",
                                                home.string()));
  Bench::write(home / ".config/git/attributes", "*.c text eol=crlf\n");
  const std::string old_home = ::getenv("HOME") ? ::getenv("HOME") : "";
  ::setenv("HOME", home.c_str(), 1);
  const std::string refusal = bench.refusal();
  const std::string patch = load_patches(bench.source).at(0).diff;
  ::setenv("HOME", old_home.c_str(), 1);
  CHECK(refusal == "built");
  CHECK(util::read_file(bench.kept_tree() / "source/mm/a.c") == "int a = 2;\n");
  CHECK(has(patch, "--- a/mm/a.c"));
}

TEST_CASE("make is not root, and each tree has a user of its own") {
  if (not_root()) return;
  Bench bench;
  make_run(bench, "id -u; id -G; grep NoNewPrivs /proc/self/status");
  const util::User user = build_user(bench.settings.kernels() / "trees" / bench.spec().base.tree);
  CHECK(user.uid != 0);
  CHECK(has(log_of(bench.build()), fmt::format("\n{0}\n{0}\nNoNewPrivs:\t1\n", user.uid)));
  CHECK(build_user("/a").uid != build_user("/b").uid);
}

TEST_CASE("a patch's Makefile can write to its build, and to nothing else of ours") {
  if (not_root()) return;
  const fs::path root_home = fmt::format("/root/kproof-test-{}", ::getpid());
  Bench bench;
  bench.settings.cache = bench.scratch.path() / "cache";
  make_run(bench, fmt::format("echo owned >{}; echo owned >mm/a.c; touch $(CURDIR)/new; "
                              "touch ../../../built/x; touch ../../other; touch $(O)/mine; true",
                              root_home.string()));
  const fs::path ccache = bench.scratch.path() / "ccache";
  fs::create_directory(ccache);
  ::setenv("CCACHE_DIR", ccache.c_str(), 1);
  const Built built = bench.build();
  ::unsetenv("CCACHE_DIR");
  const fs::path tree = bench.settings.kernels() / "trees" / bench.spec().base.tree;
  CHECK_FALSE(fs::exists(root_home));
  CHECK(util::read_file(tree / "source/mm/a.c") == "int a;\n");
  CHECK_FALSE(fs::exists(tree / "source/new"));
  CHECK_FALSE(fs::exists(bench.settings.kernels() / "built/x"));
  CHECK(fs::is_empty(ccache));
  std::size_t builds = 0;
  for (const auto& part : fs::directory_iterator(tree))
    builds += fs::exists(part.path() / "mine");
  CHECK(builds == 1);
}

TEST_CASE("a link that a build leaves under a name of ours leads to nothing of ours") {
  if (not_root()) return;
  Bench bench;
  const fs::path secret = bench.scratch.path() / "secret";
  Bench::write(secret, "not for everybody");
  fs::permissions(secret, fs::perms{0600});
  std::string makefile = kMakefile;
  const std::string copy = "\tcp $(O)/vmlinux $(O)/arch/x86/boot/bzImage\n";
  makefile.replace(makefile.find(copy), copy.size(),
                   fmt::format("\tln -sf {} $(O)/arch/x86/boot/bzImage\n", secret.string()));
  Bench::write(bench.tree / "Makefile", makefile);
  bench.git("commit -qam 'Makefile: link'");
  CHECK_THROWS_WITH_AS(bench.build(), doctest::Contains("cannot read"), HostError);
}

TEST_CASE("a release that would lead out of the cache is refused") {
  Bench bench;
  std::string makefile = kMakefile;
  const std::string name = "6.1.0-kproof";
  makefile.replace(makefile.find(name), name.size(), "../../../../escaped");
  Bench::write(bench.tree / "Makefile", makefile);
  bench.git("commit -qam 'Makefile: escape'");
  CHECK(has(bench.refusal(), "calls itself `../../../../escaped`, which is no release"));
}

TEST_CASE("a cache that who builds cannot get to is refused with the directory and the ways out") {
  if (not_root()) return;
  Bench bench;
  fs::permissions(bench.scratch.path(), fs::perms{0700});
  try {
    bench.build();
    FAIL("built");
  } catch (const HostError& error) {
    CHECK(has(error.what(), "may not enter " + bench.scratch.path().string()));
    CHECK(has(error.hint(), "KPROOF_CACHE"));
    CHECK(has(error.hint(), "--as-root"));
  }
  bench.settings.as_root = true;
  CHECK(bench.refusal() == "built");
}
