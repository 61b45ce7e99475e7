#include "source/tree.hpp"

#include <chrono>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "util/error.hpp"
#include "util/files.hpp"

using namespace kproof;
namespace fs = std::filesystem;

namespace {
// mm/a.c and mm/b.c of three lines, with times long past.
struct Tree {
  const util::ScratchDir scratch{"kproof-tree"};
  const fs::path source = scratch.path() / "source";

  Tree() {
    fs::create_directories(source / "mm");
    for (const char* file : {"mm/a.c", "mm/b.c"}) {
      util::write_file_atomically(source / file, "one\ntwo\nthree\n");
      fs::last_write_time(source / file, fs::file_time_type::clock::now() - std::chrono::hours(1));
    }
  }
  std::string read(const char* file) const { return util::read_file(source / file); }
  auto time(const char* file) const { return fs::last_write_time(source / file); }
  void apply(const std::vector<patch::Patch>& patches) const {
    source::apply(scratch.path(), patches);
  }
};

patch::Patch change(const std::string& file, const std::string& from, const std::string& to) {
  const std::string diff = fmt::format(
      "--- a/{0}\n+++ b/{0}\n@@ -1,3 +1,3 @@\n one\n-{1}\n+{2}\n three\n", file, from, to);
  return {.name = from + " to " + to, .diff = diff, .files = {file}};
}

const patch::Patch kNew{.name = "new file",
                        .diff = "--- /dev/null\n+++ b/mm/c.c\n@@ -0,0 +1 @@\n+new\n",
                        .files = {"mm/c.c"}};
}  // namespace

TEST_CASE("a series is applied in place, and files it does not touch keep their times") {
  const Tree tree;
  const auto before = tree.time("mm/b.c");
  tree.apply({change("mm/a.c", "two", "2"), change("mm/a.c", "2", "II"), kNew});
  CHECK(tree.read("mm/a.c") == "one\nII\nthree\n");
  CHECK(tree.read("mm/c.c") == "new\n");
  CHECK(tree.time("mm/b.c") == before);
}

TEST_CASE("another patch on top touches its own file only; fewer patches take theirs back") {
  const Tree tree;
  const auto first = change("mm/a.c", "two", "2");
  tree.apply({first, kNew});
  const auto time = tree.time("mm/a.c");
  tree.apply({first, kNew, change("mm/b.c", "two", "2")});
  CHECK(tree.time("mm/a.c") == time);
  CHECK(tree.read("mm/b.c") == "one\n2\nthree\n");
  tree.apply({});
  CHECK(tree.read("mm/a.c") == "one\ntwo\nthree\n");
  CHECK(tree.read("mm/b.c") == "one\ntwo\nthree\n");
  CHECK_FALSE(fs::exists(tree.source / "mm/c.c"));
}

TEST_CASE(
    "a patch that does not apply names itself, file and hunk, and leaves the tree as it was") {
  const Tree tree;
  tree.apply({change("mm/b.c", "two", "2")});
  const auto time = tree.time("mm/b.c");
  CHECK_THROWS_WITH_AS(tree.apply({change("mm/a.c", "two", "2"), change("mm/a.c", "two", "II")}),
                       "patch 2 of 2, \"two to II\", does not apply; 1 before it did:\n"
                       "mm/a.c: hunk 1 of 1, `@@ -1,3 +1,3 @@`, does not match",
                       ConfigError);
  CHECK(tree.read("mm/a.c") == "one\ntwo\nthree\n");
  CHECK(tree.read("mm/b.c") == "one\n2\nthree\n");
  CHECK(tree.time("mm/b.c") == time);
}

TEST_CASE("context that is not there is no match: there is no fuzz") {
  const Tree tree;
  auto patch = change("mm/a.c", "two", "2");
  patch.diff.replace(patch.diff.find(" three"), 6, " thr33");
  CHECK_THROWS_AS(tree.apply({patch}), ConfigError);
}

TEST_CASE("a file that is not there is named") {
  const Tree tree;
  CHECK_THROWS_WITH_AS(tree.apply({change("mm/no.c", "two", "2")}),
                       doctest::Contains("mm/no.c: No such file"), ConfigError);
}

TEST_CASE("what a kill left half done is mended by the next call") {
  const Tree tree;
  const auto first = change("mm/a.c", "two", "2");
  tree.apply({first});
  util::write_file_atomically(tree.source / "mm/a.c", "garb");
  tree.apply({first});
  CHECK(tree.read("mm/a.c") == "one\n2\nthree\n");
}

TEST_CASE("nothing is read or written through a link, be it the tree's or a patch's") {
  const util::ScratchDir elsewhere("kproof-test-");
  util::write_file_atomically(elsewhere.path() / "passwd", "one\ntwo\nthree\n");
  const Tree tree;
  fs::create_directory_symlink(elsewhere.path(), tree.source / "etc");
  CHECK_THROWS_WITH_AS(tree.apply({change("etc/passwd", "two", "owned")}),
                       doctest::Contains("a patch touches etc/passwd, and etc is a symbolic link"),
                       ConfigError);
  CHECK(util::read_file(elsewhere.path() / "passwd") == "one\ntwo\nthree\n");
  const std::string target = (elsewhere.path() / "passwd").string();
  const patch::Patch link{
      .name = "a link",
      .diff =
          fmt::format("diff --git a/mm/l b/mm/l\nnew file mode 120000\n--- /dev/null\n+++ b/mm/l\n"
                      "@@ -0,0 +1 @@\n+{}\n\\ No newline at end of file\n",
                      target),
      .files = {"mm/l"}};
  CHECK_THROWS_WITH_AS(tree.apply({link}), doctest::Contains("mm/l is a symbolic link"),
                       ConfigError);
  CHECK_FALSE(fs::exists(tree.source / "mm/l"));
}
