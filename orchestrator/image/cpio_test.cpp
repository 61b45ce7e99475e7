#include "image/cpio.hpp"

#include <doctest/doctest.h>

#include "util/error.hpp"
#include "util/files.hpp"
#include "util/subprocess.hpp"

namespace fs = std::filesystem;
using namespace kproof;
using namespace kproof::image;

static std::string archive(const Tree& tree) {
  std::string bytes;
  write_newc(tree, [&bytes](std::string_view block) { bytes.append(block); });
  return bytes;
}

static Tree one_of_each(const fs::path& host_file) {
  Tree tree;
  add(tree, "/dev/console", {0600, CharDevice{5, 1}});
  add(tree, "/a-b", {0644, Bytes{"text\n"}});
  add(tree, "/a/deep/file", {0755, HostFile{host_file}});
  add(tree, "/a/empty", {0640, Bytes{""}});
  add(tree, "/link", {0777, Symlink{"a/deep/file"}});
  add(tree, "/proc", {0555, Directory{}});
  return tree;
}

TEST_CASE("GNU cpio lists what was written, with types, owners, devices and order") {
  const util::ScratchDir dir("kproof-test-");
  util::write_file_atomically(dir.path() / "host", "from the host");
  util::write_file_atomically(dir.path() / "x.cpio", archive(one_of_each(dir.path() / "host")));
  const std::string listing = util::run_checked(
      {.argv = {"env", "TZ=UTC", "LC_ALL=C", "cpio", "-itvn", "--quiet", "-F", "x.cpio"},
       .directory = dir.path()});
  CHECK(listing ==
        "drwxr-xr-x   2 0        0               0 Jan  1  1970 a\n"
        "-rw-r--r--   1 0        0               5 Jan  1  1970 a-b\n"
        "drwxr-xr-x   2 0        0               0 Jan  1  1970 a/deep\n"
        "-rwxr-xr-x   1 0        0              13 Jan  1  1970 a/deep/file\n"
        "-rw-r-----   1 0        0               0 Jan  1  1970 a/empty\n"
        "drwxr-xr-x   2 0        0               0 Jan  1  1970 dev\n"
        "crw-------   1 0        0          5,   1 Jan  1  1970 dev/console\n"
        "lrwxrwxrwx   1 0        0              11 Jan  1  1970 link -> a/deep/file\n"
        "dr-xr-xr-x   2 0        0               0 Jan  1  1970 proc\n");
}

TEST_CASE("contents come back as they were") {
  const util::ScratchDir dir("kproof-test-");
  util::write_file_atomically(dir.path() / "host", "from the host");
  Tree tree;
  add(tree, "/a/file", {0755, HostFile{dir.path() / "host"}});
  add(tree, "/text", {0644, Bytes{"text\n"}});
  util::write_file_atomically(dir.path() / "x.cpio", archive(tree));
  util::run_checked({.argv = {"cpio", "-i", "--quiet", "-F", "x.cpio"}, .directory = dir.path()});
  CHECK(util::read_file(dir.path() / "a/file") == "from the host");
  CHECK(util::read_file(dir.path() / "text") == "text\n");
}

TEST_CASE("headers and contents begin at multiples of four, and the archive ends a block") {
  const std::string bytes = archive(one_of_each("/etc/hostname"));
  CHECK(bytes.size() % 512 == 0);
  CHECK(bytes.starts_with("070701"));
  CHECK(bytes.find("TRAILER!!!") % 4 == 2);  // behind a header of 110 bytes
}

TEST_CASE("impossible paths are refused") {
  Tree tree;
  for (const char* path : {"", "/", "a", "/a/", "/a/../b", "/./a", "//a"})
    CHECK_THROWS_AS_MESSAGE(add(tree, path, {0644, Bytes{""}}), ConfigError, path);
  add(tree, "/a", {0644, Bytes{""}});
  CHECK_THROWS_WITH_AS(add(tree, "/a", {0644, Bytes{""}}), doctest::Contains("twice"), ConfigError);
  CHECK_THROWS_WITH_AS(add(tree, "/a/b", {0644, Bytes{""}}), doctest::Contains("below a file"),
                       ConfigError);
}

TEST_CASE("a host file that is not there is named") {
  Tree tree;
  add(tree, "/a", {0644, HostFile{"/nonexistent/a"}});
  CHECK_THROWS_WITH_AS(archive(tree), doctest::Contains("/nonexistent/a"), HostError);
}
