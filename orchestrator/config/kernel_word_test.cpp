#include "config/kernel_word.hpp"

#include <doctest/doctest.h>

using namespace kproof::config;

TEST_CASE("a tag of a kernel is a v, its numbers, and perhaps which candidate it was") {
  for (const char* word : {"v6.12", "v6.1.55", "v6.13-rc2", "v2.6.39.4"})
    CHECK_MESSAGE(is_tag(word), word);
  for (const char* word : {"6.12", "v6", "v6.", "v6..1", "v.1", "v6.12-", "v6.12-rc", "v6.12-mine",
                           "v6.12-rc2x", "vmlinux", "v6.1/x", ""})
    CHECK_MESSAGE(!is_tag(word), word);
}

TEST_CASE("packages are Debian's by version or by name") {
  CHECK(package_of("debian:6.12")->package == "debian:6.12");
  CHECK(package_of("linux-image-amd64")->package == "linux-image-amd64");
  CHECK_FALSE(package_of("./linux-image-6.12.deb"));
  CHECK_FALSE(is_kernel_word("../linux"));
}
