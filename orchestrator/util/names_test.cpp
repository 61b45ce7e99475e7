#include "util/names.hpp"

#include <doctest/doctest.h>

using namespace kproof::util;

TEST_CASE("a star of a glob crosses slashes") {
  CHECK(glob_match("*", "mm/thp_mprotect"));
  CHECK(glob_match("mm/*_1g_*", "mm/dax_1g_mprotect"));
  CHECK(!glob_match("mm/thp", "mm/thp_mprotect"));
  CHECK(is_glob("mm/[ab]"));
  CHECK(!is_glob("debian-6.1"));
}

TEST_CASE("the nearest name is told only when it is near") {
  const std::vector<std::string> keys{"kernel", "label", "package", "path"};
  CHECK(nearest("pacakge", keys) == "package");
  CHECK(nearest("labl", keys) == "label");
  CHECK(nearest("zebra", keys) == "");
  CHECK(nearest("x", {}) == "");
  CHECK(suggest("pth", keys, "keys") ==
        "did you mean `path`? known keys: kernel, label, package, path");
  CHECK(suggest("q", {}, "cases") == "known cases: none");
}
