// The promises of snapshot.hpp, in their order.
#include "source/snapshot.hpp"

#include <doctest/doctest.h>

#include "source/bench.hpp"

using namespace kproof;
using source::Bench;
using source::has;
namespace fs = std::filesystem;

namespace {
struct AsItIs : Bench {
  AsItIs() { source.tree = model::WorkTree{tree}; }
  source::Snapshot take() const {
    return source::take_snapshot(
        tree, settings.kernels(), [](std::string_view) {}, -1);
  }
  std::string files_of(const source::Snapshot& taken) const {
    return util::run_checked({.argv = {"git", "-C", taken.repository.string(), "ls-tree", "-r",
                                       "--name-only", taken.commit}});
  }
};
}  // namespace

TEST_CASE("what is not committed is built, and the repository stays as it was") {
  AsItIs bench;
  bench.write(bench.tree / "mm/a.c", "int a = 7;\n");
  bench.write(bench.tree / "mm/new.c", "int untracked;\n");
  const auto state = [&] {
    return util::run_checked({.argv = {"sh", "-c",
                                       "git status --porcelain; git for-each-ref; "
                                       "find .git -type f | sort | xargs sha256sum"},
                              .directory = bench.tree});
  };
  const std::string before = state();
  const source::Built built = bench.build();
  CHECK(has(built.origin, "as it is ("));
  CHECK(has(built.origin, ", 2 files changed since "));
  CHECK(util::read_file(bench.kept_tree() / "source/mm/a.c") == "int a = 7;\n");
  CHECK(fs::exists(bench.kept_tree() / "source/mm/new.c"));
  CHECK(state() == before);
}

TEST_CASE("equal files make an equal commit, and what was built of them is found again") {
  AsItIs bench;
  bench.write(bench.tree / "mm/a.c", "int a = 7;\n");
  const std::string first = bench.take().commit;
  CHECK_FALSE(bench.build().reused);
  bench.write(bench.tree / "mm/a.c", "int a = 8;\n");
  CHECK(bench.take().commit != first);
  bench.write(bench.tree / "mm/a.c", "int a = 7;\n");
  CHECK(bench.take().commit == first);
  CHECK(bench.build().reused);
}

TEST_CASE("files without a change are the commit that is checked out") {
  AsItIs bench;
  const auto as_it_is = bench.spec().base.identity;
  bench.source.tree = model::GitRevision{bench.tree, "v1"};
  CHECK(bench.spec().base.identity == as_it_is);
}

TEST_CASE("ignored files and what make leaves stay out, and what HEAD has does not") {
  AsItIs bench;
  bench.write(bench.tree / ".gitignore", "*.txt\n");
  bench.write(bench.tree / "known.txt", "committed\n");
  bench.git("add -f . && git commit -qm ignored");
  bench.write(bench.tree / "known.txt", "changed\n");
  bench.write(bench.tree / "notes.txt", "mine\n");
  bench.write(bench.tree / ".git/info/exclude", "/scratch/\n");
  bench.write(bench.tree / "scratch/x.c", "mine\n");
  bench.write(bench.tree / ".config", "CONFIG_KVM=y\n");
  bench.write(bench.tree / "mm/a.o", "object\n");
  bench.write(bench.tree / "include/config/kernel.release", "6.1\n");
  const source::Snapshot taken = bench.take();
  CHECK(taken.changed == std::vector<std::string>{"known.txt"});
  CHECK_FALSE(has(bench.files_of(taken), "notes.txt"));
}

TEST_CASE("a directory without git is built as it is") {
  AsItIs bench;
  fs::remove_all(bench.tree / ".git");
  bench.write(bench.tree / ".gitignore", "/*\n");  // as Debian's packages have it
  for (const char* left : {"mm/a.o", "mm/.a.o.cmd", ".config", "include/config/x", "vmlinux",
                           "include/generated/a/b.h", "arch/x86/boot/bzImage"})
    bench.write(bench.tree / left, "left\n");
  const source::Snapshot taken = bench.take();
  CHECK(taken.head.empty());
  CHECK(bench.files_of(taken) ==
        ".gitignore\nKconfig\nMakefile\narch/x86/Kconfig\nmm/a.c\nmm/b.c\n");
  CHECK(bench.refusal() == "built");
  fs::remove(bench.tree / "Kconfig");
  CHECK(has(bench.refusal(), "is no kernel source: it has no Kconfig"));
}

TEST_CASE("a git tree that ignores a kernel's files is refused with the way to find out why") {
  AsItIs bench;
  bench.git("rm -q --cached Kconfig && git commit -qm without");
  bench.write(bench.tree / ".gitignore", "/Kconfig\n");
  CHECK_THROWS_WITH_AS(bench.take(), doctest::Contains("git ignores Kconfig of "), ConfigError);
}

TEST_CASE("a repository that git does not read is told, and not taken for a plain directory") {
  AsItIs bench;
  bench.write(bench.tree / ".git/HEAD", "nonsense\n");
  CHECK_THROWS_WITH_AS(bench.take(), doctest::Contains("not a git repository"), ConfigError);
}

TEST_CASE("files as they are and revisions of a repository share a tree; each rebuilds its part") {
  AsItIs bench;
  std::string compiled;
  bench.settings.live = [&](std::string_view line) {
    if (const auto at = line.find("mm/"); at != line.npos) compiled += line.substr(at);
  };
  bench.source.tree = model::GitRevision{bench.tree, "v1"};
  bench.build();
  CHECK(compiled == "mm/a.omm/b.o");
  bench.write(bench.tree / "mm/b.c", "int b = 2;\n");
  bench.source.tree = model::WorkTree{bench.tree};
  compiled.clear();
  bench.build();
  CHECK(compiled == "mm/b.o");
  bench.git("rm -q mm/b.c -f && git commit -qm gone && git tag v2 && git checkout -q v1");
  bench.write(bench.tree / "mm/a.c", "int a = 3;\n");
  compiled.clear();
  bench.build();
  CHECK(compiled == "mm/a.omm/b.o");
}

TEST_CASE("a snapshot that was cut short is made good by the next one") {
  AsItIs bench;
  const std::string first = bench.take().commit;
  const fs::path repository = bench.take().repository;
  bench.write(repository / "index.lock", "");
  CHECK(bench.take().commit == first);
}
