// What can go wrong with a series before a guest boots. The kernel is a made-up tree of two files
// that is built as a real one is.
#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include "e2e/host_support.hpp"
#include "source/made_up.hpp"
#include "util/subprocess.hpp"

namespace kproof::e2e::host::series_test {
namespace fs = std::filesystem;

namespace {
struct Toy : source::MadeUpTree {
  const fs::path patches = scratch.path() / "patches", cache = scratch.path() / "cache",
                 out = scratch.path() / "out", plan = scratch.path() / "plan.yaml";

  Toy() {
    write(plan, plan_to_build(tree));
    fs::create_directory(patches);
    add_patch("0001-a.patch", "mm/a.c", "int a;", "int a = 1;");
  }
  void add_patch(const std::string& name, const std::string& file, const std::string& from,
                 const std::string& to) const {
    write(patches / name, fmt::format("Subject: [PATCH] mm: change\n\n--- a/{0}\n+++ b/{0}\n"
                                      "@@ -1 +1 @@\n-{1}\n+{2}\n",
                                      file, from, to));
  }
  Program::Spec series(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"series",      "--patches", patches.string(),
                                   plan.string(), "--out",     out.string()};
    words.insert(words.end(), more.begin(), more.end());
    return {command(words), {{"KPROOF_CACHE", cache.string()}}};
  }
  Ended run(const std::vector<std::string>& more = {}) const {
    Program program(series(more));
    Ended ended = program.wait(seconds(60));
    CHECK(left_by(program.pid(), out).empty());
    return ended;
  }
  // Compiling mm/a.c waits until the file `go` is there.
  void make_slow() const {
    std::string makefile = source::kMakefile;
    const std::string mkdir = "@mkdir -p $(@D)";
    makefile.replace(makefile.find(mkdir), mkdir.size(),
                     mkdir + "; [ -e " + (scratch.path() / "go").string() + " ] || sleep 300");
    write(tree / "Makefile", makefile);
    git("commit -qam slow");
  }
  std::size_t built() const {
    std::size_t count = 0;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(cache / "kernels/built", none))
      count += entry.is_directory() && fs::exists(entry.path() / "origin");
    return count;
  }
};
}  // namespace

TEST_CASE("a series with a gap is refused with the number that lacks") {
  const Toy toy;
  toy.add_patch("0003-b.patch", "mm/b.c", "int b;", "int b = 1;");
  const Ended ended = toy.run();
  CAPTURE(ended.err);
  CHECK(ended.code == 2);
  CHECK(contains(ended.err, "the series has a gap: patch 0002 is not there"));
}

TEST_CASE("a patch that does not apply is named with file and hunk before anything is built") {
  const Toy toy;
  toy.add_patch("0002-b.patch", "mm/b.c", "int nothing_like_it;", "int b = 1;");
  const Ended ended = toy.run();
  CAPTURE(ended.err);
  CHECK(ended.code == 2);
  CHECK(contains(ended.err,
                 "patch 2 of 2, \"0002-b.patch (mm: change)\", does not apply; 1 before it did"));
  CHECK(contains(ended.err, "mm/b.c: hunk 1 of 1"));
  CHECK_FALSE(contains(ended.err, "building "));
}

TEST_CASE("a base that is not built from source is refused with the kernels that are") {
  const Toy toy;
  const Ended ended = toy.run({"--base", "debian"});
  CAPTURE(ended.err);
  CHECK(ended.code == 2);
  CHECK(contains(ended.err, "--base debian: "));
  CHECK(contains(ended.err, "that kernel is not built from source"));
  CHECK(contains(ended.err, "hint: these are: mine"));
  CHECK(toy.run({"--base", "mien"}).err.find("did you mean `mine`?") != std::string::npos);
}

TEST_CASE("a user's tree with uncommitted changes is refused and stays as it is") {
  const Toy toy;
  toy.write(toy.tree / "mm/a.c", "int dirty;\n");
  const Ended ended = toy.run();
  CAPTURE(ended.err);
  CHECK(ended.code == 2);
  CHECK(contains(ended.err, "has uncommitted changes in 1 file"));
  CHECK(util::read_file(toy.tree / "mm/a.c") == "int dirty;\n");
}

TEST_CASE("a case that is not there is told before a kernel is built for it") {
  const Toy toy;
  const Ended ended = toy.run({"--case", "selftest/pas"});
  CAPTURE(ended.err);
  CHECK(ended.code == 2);
  CHECK_FALSE(contains(ended.err, "building "));
}

TEST_CASE("a guest too large for the host is told before a kernel is built for it") {
  const Toy toy;
  std::string plan = util::read_file(toy.plan);
  plan.replace(plan.find("512M"), 4, "900G");
  toy.write(toy.plan, plan);
  const Ended ended = toy.run();
  CAPTURE(ended.err);
  CHECK(ended.code == 69);
  CHECK(contains(ended.err, "mine/l1/selftest/pass needs 900.5 GiB of memory"));
  CHECK_FALSE(contains(ended.err, "building "));
  CHECK_FALSE(fs::exists(toy.out));
}

TEST_CASE("Ctrl-C in the middle of a build ends it, and the same command goes on from there") {
  const Toy toy;
  toy.make_slow();
  Program program(toy.series());
  REQUIRE_MESSAGE(program.says("building ", seconds(60)), program.err());
  program.signal(SIGINT);
  const Ended ended = program.wait(seconds(20));
  CAPTURE(ended.err);
  CHECK(ended.code == 130);
  CHECK(left_by(program.pid(), toy.out).empty());
  CHECK(toy.built() == 0);
  toy.write(toy.scratch.path() / "go", "");
  const Ended again = toy.run();  // both rows are built, and neither is a kernel
  CAPTURE(again.err);
  CHECK(contains(again.err, "building "));
  CHECK(toy.built() == 2);
}

TEST_CASE("Ctrl-C ends a series that waits for another's build") {
  const Toy toy;
  toy.make_slow();
  Program first(toy.series());
  REQUIRE_MESSAGE(first.says("building ", seconds(60)), first.err());
  toy.git("commit -q --allow-empty -m next");  // another kernel, in the same tree
  Program::Spec elsewhere = toy.series();
  *(std::find(elsewhere.argv.begin(), elsewhere.argv.end(), "--out") + 1) += "-elsewhere";
  Program program(elsewhere);
  REQUIRE_MESSAGE(program.says("waiting for process ", seconds(60)), program.err());
  program.signal(SIGINT);
  const Ended ended = program.wait(seconds(5));
  CAPTURE(ended.err);
  CHECK(ended.code == 130);
  first.signal(SIGINT);
  CHECK(first.wait(seconds(20)).code == 130);
}

TEST_CASE("bisect verifies its ends first, and says what it saw where one is not as claimed") {
  const Toy toy;
  toy.write(toy.tree / "mm/a.c", "int a = nope;\n");
  toy.git("commit -qam broken && git tag v2");
  Program program({command({"bisect", "--good", "v2", "--bad", "v1", toy.plan.string(), "--out",
                            toy.out.string()}),
                   {{"KPROOF_CACHE", toy.cache.string()}}});
  const Ended backwards = program.wait(seconds(60));
  CHECK(backwards.code == 2);
  CHECK_MESSAGE(contains(backwards.err, " is no ancestor of --bad "), backwards.err);
  toy.git("commit -q --allow-empty -m later");
  Program other({command({"bisect", "--good", "v2", "--bad", "main", toy.plan.string(), "--out",
                          toy.out.string()}),
                 {{"KPROOF_CACHE", toy.cache.string()}}});
  const Ended ended = other.wait(seconds(60));
  CAPTURE(ended.err);
  CHECK(ended.code == 2);
  CHECK(contains(ended.err, "is not good but skipped: "));
  CHECK(contains(ended.err, "mm/a.c:1:9: error: 'nope' undeclared here"));
}

}  // namespace kproof::e2e::host::series_test
