#include "patch/patch.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "patch/load.hpp"
#include "patch/refusal.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/subprocess.hpp"

using namespace kproof;
using namespace kproof::patch;

static std::string diff_of(const std::string& file) {
  return fmt::format("--- a/{0}\n+++ b/{0}\n@@ -1 +1 @@\n-old\n+new\n", file);
}

static Letter letter(const std::string& subject, const std::string& file) {
  return {subject, file.empty() ? "talk\n" : "why\n---\n" + diff_of(file), "mail of " + subject};
}

static std::vector<std::string> names(const std::vector<Patch>& patches) {
  std::vector<std::string> list;
  for (const Patch& patch : patches)
    list.push_back(patch.name);
  return list;
}

static std::string refusal(std::vector<Letter> letters) {
  try {
    order(std::move(letters), "s.mbox");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

TEST_CASE(
    "the title of a patch file is its Subject, also on the first line, and folded as git folds") {
  const util::ScratchDir scratch("kproof-patch");
  const auto title = [&](const std::string& headers) {
    util::write_file_atomically(scratch.path() / "0001-x.patch",
                                headers + "\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n");
    return patch::load(scratch.path()).at(0).title;
  };
  CHECK(title("Subject: [PATCH] mm: one\n") == "mm: one");
  CHECK(title("Date: now\nSubject: [PATCH 2/3] mm: one\n two\nTo: x\n") == "mm: one two");
  CHECK(title("") == "0001-x.patch");
}

TEST_CASE("a subject says number, total and version of a patch") {
  const Subject subject = parse_subject("[PATCH RFC v3 02/17] mm/mprotect: push [it] up");
  CHECK(subject.number == 2);
  CHECK(subject.total == 17);
  CHECK(subject.version == 3);
  CHECK(subject.title == "mm/mprotect: push [it] up");
  CHECK(parse_subject("[PATCHv2 1/2] x").version == 1);  // no word of its own
  CHECK(parse_subject("[PATCH] x").total == 0);
  CHECK(parse_subject("[RFC PATCH 0/3] x").number == 0);
  CHECK(parse_subject("Re: [PATCH 1/3] x").reply);
  CHECK(parse_subject("[PATCH 6.1 017/219] x").total == 219);
  CHECK_FALSE(parse_subject("mm: 1/2 of it").tagged);
}

TEST_CASE("a mailbox is put in order; cover letter, replies and older versions are left out") {
  CHECK(names(order({letter("[PATCH v2 2/2] b", "b"), letter("[PATCH v2 0/2] cover", ""),
                     letter("Re: [PATCH v2 1/2] a", "x"), letter("[PATCH v2 1/2] a", "a"),
                     letter("[PATCH 1/1] old", "a")},
                    "s")) == std::vector<std::string>{"1/2 a", "2/2 b"});
  CHECK(names(order({letter("[PATCH] b", "b"), letter("[PATCH] a", "a"), letter("hello", "")},
                    "s")) == std::vector<std::string>{"b", "a"});
}

TEST_CASE("a gap, a patch that is there twice, a mixture and talk alone are refused") {
  CHECK(refusal({letter("[PATCH 1/4] a", "a"), letter("[PATCH 4/4] d", "d")}) ==
        "s.mbox: the series has a gap: patch 2/4, 3/4 is not there");
  CHECK(refusal({letter("[PATCH 1/1] a", "a"), letter("[PATCH 1/1] a", "a")})
            .find("patch 1/1 is there twice") != std::string::npos);
  CHECK(refusal({letter("[PATCH 1/1] a", "a"), letter("[PATCH 1/2] a", "a")}).find("are mixed") !=
        std::string::npos);
  CHECK(refusal({letter("[PATCH 1/1] a", "a"), letter("[PATCH] b", "b")}).find("is not") !=
        std::string::npos);
  CHECK(refusal({letter("hello", "")}) == "s.mbox holds no patch");
  CHECK(refusal({letter("[PATCH 1/1] a", "")}).find("holds no diff") != std::string::npos);
}

TEST_CASE("a diff touches both names of a rename, binary files, and nothing inside its hunks") {
  CHECK(touched_files("diff --git a/x b/y\nrename from x\nrename to y\n", 1) ==
        std::vector<std::string>{"x", "y"});
  CHECK(touched_files("--- /dev/null\n+++ b/new.c\t2022-01-01\n@@ -0,0 +1 @@\n+a\n", 1) ==
        std::vector<std::string>{"new.c"});
  CHECK(touched_files("--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n--- a/no\n+++ b/no\n x\n", 1) ==
        std::vector<std::string>{"f"});
  CHECK(touched_files("--- mm/f.c\n+++ mm/f.c\n@@ -1 +1 @@\n-a\n+b\n", 0) ==
        std::vector<std::string>{"mm/f.c"});
  CHECK_THROWS_AS(touched_files("--- a/../../etc/passwd\n", 1), ConfigError);
}

TEST_CASE("a number that lacks among files is named; unnumbered files have none") {
  CHECK(missing_number({"0001-a.patch", "0003-b.patch"}) == 2);
  CHECK(missing_number({"0002-a.patch"}) == 1);
  CHECK(missing_number({"0000-cover.patch", "0001-a.patch", "0002-b.patch"}) == 0);
  CHECK(missing_number({"a.patch", "b.patch"}) == 0);
}

TEST_CASE("a quilt series has a patch a line, with its strip level and comments") {
  const auto entries = parse_series("# top\na.patch\n\nsub/b.patch -p0 # why\n", "series");
  REQUIRE(entries.size() == 2);
  CHECK(entries[1].file == "sub/b.patch");
  CHECK(entries[1].strip == 0);
  CHECK(entries[1].line == 4);
  CHECK_THROWS_WITH_AS(parse_series("a -R\n", "s/series"),
                       "s/series:1: `-R` is no option of a patch", ConfigError);
}

TEST_CASE("a refused patch names file and hunk") {
  const std::string diff =
      "diff --git a/mm/x.c b/mm/x.c\n--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1,2 +1,2 @@ one\n-a\n+b\n c\n"
      "@@ -40,2 +40,2 @@ two\n-a\n+b\n c\n";
  CHECK(explain_refusal("error: patch failed: mm/x.c:40\nerror: mm/x.c: patch does not apply\n",
                        diff) == "mm/x.c: hunk 2 of 2, `@@ -40,2 +40,2 @@ two`, does not match");
  CHECK(explain_refusal("error: mm/y.c: No such file or directory\n", diff) ==
        "mm/y.c: No such file or directory");
}

TEST_CASE("a mailbox is read by git, quoted-printable and encoded headers included") {
  const util::ScratchDir scratch("kproof-test");
  const auto mbox = scratch.path() / "s.mbox";
  util::write_file_atomically(
      mbox,
      "From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: A <a@example.org>\n"
      "Subject: =?UTF-8?q?[PATCH_2/2]_mm:_na=C3=AFve?=\nContent-Type: text/plain; charset=UTF-8\n"
      "Content-Transfer-Encoding: quoted-printable\n\nwhy\n---\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n"
      "-a =3D 1\n+a =3D 2\n\n"
      "From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: A <a@example.org>\nSubject: [PATCH 1/2] mm:\n"
      " folded\n\nwhy\n---\n--- a/g\n+++ b/g\n@@ -1 +1 @@\n-a\n+b\n\n");
  const auto patches = load(mbox);
  CHECK(names(patches) == std::vector<std::string>{"1/2 mm: folded", "2/2 mm: naïve"});
  CHECK(patches.at(1).diff.find("+a = 2\n") != std::string::npos);
  util::run_checked({.argv = {"gzip", mbox.string()}});
  CHECK(load(mbox.string() + ".gz").size() == 2);
}

TEST_CASE("a directory is read by its series file, or in the order of its numbered names") {
  const util::ScratchDir scratch("kproof-test");
  const auto put = [&](const char* name, const std::string& text) {
    util::write_file_atomically(scratch.path() / name, text);
  };
  CHECK_THROWS_AS(load(scratch.path()), ConfigError);
  put("0001-b.patch", "Subject: [PATCH 1/2] first\n\n" + diff_of("b"));
  put("0003-a.patch", diff_of("a"));
  CHECK_THROWS_WITH_AS(load(scratch.path()), doctest::Contains("patch 0002 is not there"),
                       ConfigError);
  put("0002-c.patch", diff_of("c"));
  CHECK(load(scratch.path()).size() == 3);
  put("series", "0003-a.patch\n0001-b.patch\n");
  CHECK(names(load(scratch.path())) ==
        std::vector<std::string>{"0003-a.patch", "0001-b.patch (first)"});
  put("series", "0003-a.patch\nno.patch\n");
  CHECK_THROWS_WITH_AS(load(scratch.path()), doctest::Contains("series:2: there is no"),
                       ConfigError);
}

TEST_CASE(
    "a patch that a mailer gave CR LF is read without, and one of a file with CR LF as it is") {
  const util::ScratchDir scratch("kproof-patch-");
  const auto load_text = [&](const std::string& text) {
    util::write_file_atomically(scratch.path() / "x.patch", text);
    return load(scratch.path() / "x.patch").at(0);
  };
  std::string mailed;
  for (const char c : "Subject: [PATCH] mm: x\n\n" + diff_of("mm/a.c"))
    mailed += c == '\n' ? std::string("\r\n") : std::string(1, c);
  CHECK(load_text(mailed).diff == "Subject: [PATCH] mm: x\n\n" + diff_of("mm/a.c"));
  CHECK(load_text(mailed).title == "mm: x");
  const std::string dos = "--- a/x.bat\n+++ b/x.bat\n@@ -1 +1 @@\n-old\r\n+new\r\n";
  CHECK(load_text(dos).diff == dos);
}

TEST_CASE("one patch of a series may be named alone") {
  const util::ScratchDir scratch("kproof-test");
  const auto file = scratch.path() / "0002-b.patch";
  util::write_file_atomically(
      file, "From 0123 Mon Sep 17 00:00:00 2001\nSubject: [PATCH 2/3] b\n\n" + diff_of("b"));
  CHECK(names(load(file)) == std::vector<std::string>{"0002-b.patch (b)"});
}

TEST_CASE("a git range is a series; an unknown one, an empty one and merges are refused") {
  const util::ScratchDir scratch("kproof-test");
  const std::string tree = scratch.path().string();
  const auto made = util::run_checked(
      {.argv = {"sh", "-ec",
                "cd \"$1\"; git init -q -b main .; git config user.name A; git config user.email a;"
                "echo 1 >f; git add f; git commit -qm one; echo 2 >f; git commit -qam two;"
                "echo 3 >f; git commit -qam three; git branch side HEAD~2; git checkout -q side;"
                "echo 1 >g; git add g; git commit -qm g; git checkout -q main;"
                "git merge -q side",
                "sh", tree}});
  CHECK(names(load_range(tree, "HEAD~3..HEAD~1")) ==
        std::vector<std::string>{"1/2 two", "2/2 three"});
  // A kernel is named by its patches: the same one must be the same text, last of a range or not.
  CHECK(load_range(tree, "HEAD~3..HEAD~2").at(0).diff ==
        load_range(tree, "HEAD~3..HEAD~1").at(0).diff);
  CHECK_THROWS_WITH_AS(load_range(tree, "HEAD~1..HEAD"), doctest::Contains("merges"), ConfigError);
  CHECK_THROWS_WITH_AS(load_range(tree, "HEAD..HEAD"), doctest::Contains("no commit"), ConfigError);
  CHECK_THROWS_WITH_AS(load_range(tree, "nope..HEAD"), doctest::Contains("knows no range"),
                       ConfigError);
}
