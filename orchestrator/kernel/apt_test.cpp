#include "kernel/apt.hpp"

#include <map>

#include <doctest/doctest.h>

#include "util/error.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::kernel;

static std::string recorded(const std::string& name) {
  return util::read_file(std::string(KPROOF_TEST_DIR "/testdata/apt-show-") + name + ".txt");
}

TEST_CASE("a meta-package is read with the exact version that it depends on") {
  const auto records = parse_show(recorded("linux-image-amd64"));
  REQUIRE(records.size() == 1);
  CHECK(records[0].package == "linux-image-amd64");
  CHECK(records[0].version == "6.1.192-2");
  CHECK(records[0].images == std::vector<std::string>{"linux-image-6.1.0-56-amd64=6.1.192-2"});
}

TEST_CASE("a kernel's package depends on no other kernel") {
  const auto records = parse_show(recorded("linux-image-6.1.0-56-amd64"));
  REQUIRE(records.size() == 1);
  CHECK(records[0].architecture == "amd64");
  CHECK(records[0].size == 70550672);
  CHECK(records[0].images.empty());
}

TEST_CASE("several stanzas, folded descriptions and alternatives are read") {
  const auto records = parse_show(
      "Package: a\nDescription: x\n Depends: linux-image-no\nDepends: kmod, linux-image-1 | "
      "linux-image-2 (>= 3)\n\nPackage: b\nVersion: 2\n\n");
  REQUIRE(records.size() == 2);
  CHECK(records[0].images == std::vector<std::string>{"linux-image-1", "linux-image-2"});
  CHECK(records[1].version == "2");
  CHECK(parse_show("").empty());
  CHECK(parse_show("N: Unable to locate package\n").size() <= 1);
}

static Show show_from(const std::map<std::string, PackageRecord>& known) {
  return [known](const std::string& name) -> std::optional<PackageRecord> {
    const auto found = known.find(name);
    return found == known.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST_CASE("meta-packages are followed to the kernel") {
  const Show show = show_from({{"meta", {"meta", "1", "amd64", 1, {"linux-image-x=1"}}},
                               {"linux-image-x=1", {"linux-image-x", "1", "amd64", 9, {}}}});
  CHECK(follow_to_kernel("meta", show).package == "linux-image-x");
  CHECK(follow_to_kernel("linux-image-x=1", show).size == 9);
}

TEST_CASE("an unknown package is named, with the one that led to it, and a loop ends") {
  const Show show = show_from({{"meta", {"meta", "1", "amd64", 1, {"linux-image-gone=1"}}},
                               {"loop", {"loop", "1", "amd64", 1, {"loop"}}}});
  CHECK_THROWS_WITH_AS(follow_to_kernel("nosuch", show), "apt knows no package nosuch",
                       ConfigError);
  CHECK_THROWS_WITH_AS(follow_to_kernel("meta", show),
                       "meta depends on linux-image-gone=1, which apt does not know", ConfigError);
  CHECK_THROWS_WITH_AS(follow_to_kernel("loop", show), doctest::Contains("more than 8"),
                       ConfigError);
}

TEST_CASE("only what apt takes as one package is a package name") {
  for (const char* good :
       {"linux-image-amd64", "linux-image-6.12.117+deb12-amd64", "linux-image-amd64=6.1.176-1",
        "linux-image-amd64:amd64=1:6.1~rc1-1", "linux-image-amd64/bookworm"})
    CHECK_MESSAGE(is_package_name(good), good);
  for (const char* bad : {"", "-o", "linux image", "linux-image-*", "Linux", "a=", "../x"})
    CHECK_MESSAGE(!is_package_name(bad), bad);
}

TEST_CASE("close names come best first and far ones not at all") {
  const std::vector<std::string> names{"linux-image-amd64", "linux-image-rt-amd64",
                                       "linux-image-6.12-amd64", "linux-image-amd64-dbg", "zsh"};
  const auto close = close_names("linux-image-amd46", names);
  REQUIRE(!close.empty());
  CHECK(close.front() == "linux-image-amd64");
  CHECK(close.size() <= 3);
  CHECK(close_names("postgresql", names).empty());
  CHECK(close_names("linux-image-6.1.0-99", {"linux-image-6.1.0-47", "linux-image-6.1.0-56"}) ==
        std::vector<std::string>{"linux-image-6.1.0-56", "linux-image-6.1.0-47"});
}

TEST_CASE("a version of Debian's is the newest plain kernel that begins so") {
  const std::vector<std::string> names{
      "linux-image-6.1.0-9-amd64",        "linux-image-6.1.0-57-amd64",
      "linux-image-6.1.0-58-rt-amd64",    "linux-image-6.1.0-58-amd64-unsigned",
      "linux-image-6.1.0-58-cloud-amd64", "linux-image-6.12.90+deb12-amd64",
      "linux-image-6.12.117+deb12-amd64", "linux-image-6.12.117+deb12-amd64-dbg",
      "linux-image-6.12.12-amd64",        "linux-image-amd64"};
  CHECK(newest_image("6.1", names) == "linux-image-6.1.0-57-amd64");
  CHECK(newest_image("6.12", names) == "linux-image-6.12.117+deb12-amd64");
  CHECK(newest_image("6.12.90", names) == "linux-image-6.12.90+deb12-amd64");
  CHECK(newest_image("6.1.0-9", names) == "linux-image-6.1.0-9-amd64");
  CHECK_FALSE(newest_image("6", {"linux-image-rt-amd64"}));
  CHECK_FALSE(newest_image("6.11", names));
  CHECK(image_versions(names) == std::vector<std::string>{"6.1", "6.12"});
}
